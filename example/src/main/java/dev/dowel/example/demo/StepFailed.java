package dev.dowel.example.demo;

/** A step of the story did not do what it says. */
final class StepFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StepFailed(String message) {
        super(message);
    }
}
