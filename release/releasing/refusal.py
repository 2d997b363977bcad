class Refusal(Exception):
    """Why a release does not happen: one clear line, and details below it where another program has some."""

    def __init__(self, reason: str, details: str = ""):
        super().__init__(reason)
        self.details = details
