// The tables of history.db, version by version.
import type { DatabaseKind } from '../../sandbox/store/database.ts'

// What one asks for is a column; what one only reads back is JSON.
export const HISTORY: DatabaseKind = {
  // "ghs1"
  applicationId: 0x67687331,
  migrations: [
    `CREATE TABLE runs (
       id INTEGER PRIMARY KEY,
       name TEXT NOT NULL,
       started_at TEXT NOT NULL,
       directory TEXT UNIQUE,
       subject TEXT NOT NULL,
       completion TEXT NOT NULL,
       tested_from TEXT NOT NULL,
       line TEXT NOT NULL,
       UNIQUE (name, started_at)) STRICT;
     CREATE INDEX runs_by_subject ON runs (subject, started_at);
     CREATE TABLE findings (
       run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
       finding TEXT NOT NULL,
       shown INTEGER NOT NULL,
       about TEXT NOT NULL,
       PRIMARY KEY (run, finding)) STRICT, WITHOUT ROWID;
     CREATE INDEX findings_by_id ON findings (finding, run);
     CREATE TABLE evidence (
       id INTEGER PRIMARY KEY,
       name TEXT NOT NULL UNIQUE,
       title TEXT NOT NULL,
       kind TEXT NOT NULL) STRICT;
     CREATE TABLE tested (
       run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
       evidence INTEGER NOT NULL REFERENCES evidence (id),
       PRIMARY KEY (run, evidence)) STRICT, WITHOUT ROWID;
     CREATE TABLE alerted (
       subject TEXT NOT NULL,
       finding TEXT NOT NULL,
       run TEXT NOT NULL,
       last_at TEXT NOT NULL,
       quiet INTEGER NOT NULL,
       about TEXT NOT NULL,
       PRIMARY KEY (subject, finding)) STRICT, WITHOUT ROWID;
     CREATE TABLE unusable (
       directory TEXT PRIMARY KEY,
       changed_ms INTEGER NOT NULL,
       reason TEXT NOT NULL) STRICT, WITHOUT ROWID`,
  ],
}
