package dev.dowel.remotemodel;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps events as texts. */
final class RecordingListener implements MigrationListener {

    final List<String> events = new CopyOnWriteArrayList<>();

    @Override
    public void agreed(String entity, String operation) {
        events.add(operation + " agreed");
    }

    @Override
    public void differed(String entity, String operation, List<String> paths) {
        events.add(operation + " differed " + paths);
    }

    @Override
    public void notCompared(String entity, String operation, NotCompared reason) {
        events.add(operation + " not compared " + reason);
    }

    @Override
    public void secondWriteFailed(String entity, String operation, String id, String failure) {
        events.add(operation + " second failed " + id + " " + failure);
    }

    @Override
    public void fellBack(String entity, String operation, String failure) {
        events.add(operation + " fell back " + failure);
    }
}
