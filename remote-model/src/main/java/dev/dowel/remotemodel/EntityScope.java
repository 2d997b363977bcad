package dev.dowel.remotemodel;

/** The entities of one kind of one service, whatever version or identity they are read with. */
record EntityScope(String service, String entity) {}
