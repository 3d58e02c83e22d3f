// The tables of the result store, version by version.
import type { DatabaseKind } from './database.ts'

// What one asks for is a column; what one only reads back is JSON. The result of a probe is in the reports too, and its columns are there to be asked for.
export const RESULT_STORE: DatabaseKind = {
  // "grs1"
  applicationId: 0x67727331,
  migrations: [
    // AUTOINCREMENT: a number that was given out is not given out again, even if its record has been removed.
    `CREATE TABLE executions (
       id INTEGER PRIMARY KEY AUTOINCREMENT,
       time INTEGER NOT NULL,
       module TEXT NOT NULL,
       name TEXT,
       policy TEXT NOT NULL,
       outcome TEXT NOT NULL,
       success INTEGER NOT NULL,
       exit_code INTEGER,
       trap TEXT,
       message TEXT NOT NULL,
       execution_time_ms REAL NOT NULL,
       resource_usage TEXT NOT NULL,
       status TEXT,
       value REAL,
       unit TEXT,
       reports TEXT NOT NULL) STRICT;
     CREATE INDEX executions_by_time ON executions (time, id);
     CREATE INDEX executions_by_module ON executions (module, time, id);
     CREATE INDEX executions_by_outcome ON executions (outcome, time, id);
     CREATE INDEX executions_by_status ON executions (status, time, id) WHERE status IS NOT NULL;
     CREATE TABLE security_events (
       execution INTEGER NOT NULL REFERENCES executions (id) ON DELETE CASCADE,
       number INTEGER NOT NULL,
       time INTEGER NOT NULL,
       type TEXT NOT NULL,
       severity TEXT NOT NULL,
       event TEXT NOT NULL,
       PRIMARY KEY (execution, number)) STRICT, WITHOUT ROWID`,
  ],
}
