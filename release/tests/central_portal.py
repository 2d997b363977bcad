"""As much of the Central Portal as publishing needs: it takes one bundle after the other, and says each is published."""
import io
import json
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class CentralPortal:
    """Notes the query of each upload, and the names of the files in each bundle."""

    def __init__(self):
        portal = self
        self.uploads, self.bundles, self.authorizations = [], [], set()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                portal.authorizations.add(self.headers.get("Authorization"))
                path, _, query = self.path.partition("?")
                if path == "/api/v1/publisher/upload":
                    portal.uploads.append(query)
                    portal.bundles.append(names_in(self.body()))
                    self.answer(201, "text/plain", b"a-deployment")
                elif path == "/api/v1/publisher/status":
                    state = {"deploymentId": "a-deployment", "deploymentState": "PUBLISHED", "purls": [], "errors": {}}
                    self.answer(200, "application/json", json.dumps(state).encode())
                else:
                    self.answer(404, "text/plain", b"")

            def body(self):
                if self.headers.get("Transfer-Encoding") != "chunked":
                    return self.rfile.read(int(self.headers.get("Content-Length", "0")))
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body

            def answer(self, status, kind, body):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def names_in(multipart: bytes) -> list:
    """Returns the names of the files in the archive that is a part of this body."""
    start, end = multipart.index(b"PK\x03\x04"), multipart.rindex(b"PK\x05\x06")
    with zipfile.ZipFile(io.BytesIO(multipart[start:end + 22])) as archive:
        return sorted(archive.namelist())
