/*
 * Sealing a directory: one writer, two sealers, a reader, and storage that may restart (docs/internals/filesystem.md,
 * "Seal"; docs/internals/models.md says which function does which step).
 *
 * The writer is a range server of incarnation 1 with its commit log, or a master with the log of its term. The sealers
 * are masters: the second one is a restart of the first, or its successor. The reader is the new owner of a range. Each
 * step of each of them is one transition, so each may be stopped, killed or overtaken between any two of its steps.
 *
 * Storage is a machine or a broker. When it restarts, of what was not synced any part may be gone, and everybody's
 * handles and locks with it; the writer may live on and open another file.
 *
 * Rules can be taken out, one a macro; run.py does it and expects a violation.
 */

#define FILES 2          /* the writer rolls from the first to the second */
#ifndef WRITES
#define WRITES 2
#endif
#define WRITER 1         /* incarnations */
#define FIRST_SEALER 2
#define SECOND_SEALER 3
#define NONE 15          /* no length stored */

#define OPEN 0           /* the word of the mark */
#define BEGUN 1
#define COMPLETE 2

typedef Mark {
  unsigned word : 2;
  unsigned incarnation : 2;             /* highest of any record */
  unsigned complete : 2;                /* of the record of lengths; 0: there is none */
  byte stored[FILES]
}

/* Storage: what processes see, and what a restart leaves for certain. */
bool exists[FILES];
byte length[FILES], durable[FILES];
Mark mark, durable_mark;
unsigned mark_lock : 2;                 /* which sealer holds it; 0: nobody */
unsigned restarts : 2;
bool was_killed;                        /* some sealer, once */

/* What has been promised. */
byte acknowledged[FILES];      /* bytes that the writer's callers count on */
bool is_sealed;                         /* some seal has returned */
byte told[FILES];              /* the lengths that it returned */

#define MUST(condition, text) if :: (condition) :: else -> printf(text); assert(false) fi
#define BYTES(length) ((length) == NONE -> 0 : (length))
#define IS_COUNTED(f, bytes) ((bytes) == 0 || (told[f] != NONE && (bytes) <= told[f]))
#define VISIBLE(f) ((mark.word != OPEN && mark.stored[f] < length[f]) -> mark.stored[f] : length[f])

#ifdef LENGTHS_COUNTED_AGAIN
#define SEEN_BY_SEALER(f) length[f]
#else
#define SEEN_BY_SEALER(f) VISIBLE(f)
#endif

inline copy_mark(target, source) {
  target.word = source.word;
  target.incarnation = source.incarnation;
  target.complete = source.complete;
  target.stored[0] = source.stored[0];
  target.stored[1] = source.stored[1]
}

/* ---- the writer ------------------------------------------------------------------------------------------------- */

active proctype Writer() {
  unsigned file : 2, written : 3, synced : 4, opened_in : 2;
  unsigned looked_at : 2;
  file = 0;

writer_creates:
  atomic { exists[file] = true; opened_in = restarts; printf("writer: creates file %d\n", file) }
writer_looks_after_create:
  atomic {
    if
    :: mark.word == OPEN || WRITER >= mark.incarnation || opened_in != restarts
    :: else -> printf("writer: is fenced, file %d goes again\n", file); exists[file] = false; goto to_end
    fi
  }
  do
  :: written == WRITES -> goto to_end
  :: file + 1 < FILES -> goto writer_rolls
  :: written < WRITES ->
#ifdef NO_WORD_CHECK_AFTER_SYNC
     looked_at = mark.word;
#endif
writer_appends:
     atomic {
       if
       :: opened_in == restarts -> length[file] = length[file] + 1; written++; printf("writer: appends to file %d\n", file)
       :: else -> goto writer_rolls
       fi
     }
writer_syncs:
     atomic {
       if
       :: opened_in == restarts -> durable[file] = length[file]; synced = length[file]; printf("writer: fdatasync\n")
       :: else -> goto writer_rolls
       fi
     }
writer_looks_after_sync:
     atomic {
       if
       :: opened_in == restarts
       :: else -> goto writer_rolls
       fi;
#ifndef NO_WORD_CHECK_AFTER_SYNC
       looked_at = mark.word;
#endif
       if
       :: looked_at == OPEN -> printf("writer: the word is open\n")
       :: else ->
          if
          :: WRITER >= mark.incarnation && mark.stored[file] == NONE
          :: else -> printf("writer: is fenced\n"); goto to_end
          fi
       fi
     }
writer_acknowledges:
     atomic {
       printf("writer: acknowledges %d bytes of file %d\n", synced, file);
       acknowledged[file] = synced;
       MUST(!is_sealed || IS_COUNTED(file, synced), "BROKEN: acknowledged after the seal had returned, and not counted by it\n");
       synced = 0; looked_at = 0
     }
  od;

writer_rolls:
  if
  :: file + 1 < FILES -> file = file + 1; goto writer_creates
  :: else
  fi;
to_end:
  atomic { file = 0; written = 0; synced = 0; opened_in = 0; looked_at = 0 }
}

/* ---- a sealer --------------------------------------------------------------------------------------------------- */

/* One step. Before it the sealer may be killed, or find that the storage under it has restarted. */
#define STEP(what) \
  if \
  :: atomic { opened_in == restarts -> what } \
  :: atomic { opened_in != restarts -> goto sealer_begins } \
  :: atomic { !was_killed -> was_killed = true; printf("sealer %d: is killed and starts again\n", self); goto sealer_dies } \
  fi

inline forget() {
  f = 0; opened_in = 0; is_listed[0] = false; is_listed[1] = false; lengths[0] = NONE; lengths[1] = NONE;
  found.word = 0; found.incarnation = 0; found.complete = 0; found.stored[0] = NONE; found.stored[1] = NONE
}

#ifdef SEAL_IN_MEMORY
#define SYNC_MARK skip
#else
#define SYNC_MARK copy_mark(durable_mark, mark)
#endif

proctype Sealer(byte self) {
  Mark found;
  byte lengths[FILES];
  unsigned opened_in : 2, f : 2;
  bool is_listed[FILES];
  goto sealer_begins;

sealer_dies:
  atomic { forget(); if :: mark_lock == self -> mark_lock = 0 :: else fi }
sealer_begins:
  atomic {
#ifndef SEALERS_NOT_ALONE
    mark_lock == 0 -> mark_lock = self;
#endif
    forget(); opened_in = restarts;
    printf("sealer %d: locks the mark\n", self)
  }
sealer_reads_mark:
  STEP(copy_mark(found, mark));
  if
  :: found.word == COMPLETE && found.complete >= self ->
     lengths[0] = found.stored[0]; lengths[1] = found.stored[1]; goto sealer_returns
  :: found.word == COMPLETE && found.complete < self ->
sealer_takes_word_back:
     STEP(mark.word = BEGUN);
     STEP(SYNC_MARK)
  :: else
  fi;
#ifdef LENGTH_READ_BEFORE_SEAL
  goto sealer_lists;
to_begin_late:
#endif
sealer_records_begun:
  STEP(mark.incarnation = (self > found.incarnation -> self : found.incarnation); printf("sealer %d: records that it begins\n", self));
sealer_sets_word:
  STEP(mark.word = BEGUN; printf("sealer %d: sets the word\n", self));
sealer_syncs_mark:
  STEP(SYNC_MARK; printf("sealer %d: syncs the mark\n", self));
#ifdef LENGTH_READ_BEFORE_SEAL
  goto to_lengths;
#endif

sealer_lists:
  STEP(is_listed[0] = exists[0]; is_listed[1] = exists[1]);
  do
  :: f < FILES && is_listed[f] ->
#ifdef LENGTH_READ_AFTER_FILE_SYNC
     STEP(durable[f] = length[f]);
     STEP(lengths[f] = length[f]; f++)
#else
sealer_reads_length:
     STEP(lengths[f] = SEEN_BY_SEALER(f); printf("sealer %d: file %d has %d bytes\n", self, f, lengths[f]));
sealer_syncs_file:
#ifdef FILES_NOT_SYNCED_BY_SEALER
     f++
#else
     STEP(durable[f] = length[f]; printf("sealer %d: syncs file %d\n", self, f); f++)
#endif
#endif
  :: f < FILES && !is_listed[f] -> f++
  :: f == FILES -> break
  od;
#ifdef LENGTH_READ_BEFORE_SEAL
  goto to_begin_late;
to_lengths:
#endif
  f = 0;
#ifndef LENGTHS_COUNTED_AGAIN
  atomic {
    if :: found.stored[0] != NONE -> lengths[0] = found.stored[0] :: else fi;
    if :: found.stored[1] != NONE -> lengths[1] = found.stored[1] :: else fi
  }
#endif
sealer_records_lengths:
  STEP(mark.stored[0] = lengths[0]; mark.stored[1] = lengths[1]; mark.complete = (self > found.complete -> self : found.complete);
       printf("sealer %d: stores the lengths\n", self));
sealer_syncs_lengths:
#ifndef COMPLETE_BEFORE_LENGTHS_DURABLE
  STEP(SYNC_MARK);
#endif
sealer_sets_complete:
  STEP(mark.word = COMPLETE; printf("sealer %d: sets the word to complete\n", self));
#ifdef COMPLETE_BEFORE_LENGTHS_DURABLE
  STEP(skip);  /* a restart here may keep the word and lose the lengths */
#endif
sealer_syncs_complete:
  STEP(SYNC_MARK);

sealer_returns:
  atomic {
    printf("sealer %d: returns\n", self);
    if :: mark_lock == self -> mark_lock = 0 :: else fi;
    f = 0;
    do
    :: f < FILES ->
       MUST(!is_sealed || BYTES(told[f]) == BYTES(lengths[f]), "BROKEN: a second seal told another length\n");
       if :: lengths[f] != NONE -> told[f] = lengths[f] :: else fi;
       MUST(IS_COUNTED(f, acknowledged[f]), "BROKEN: acknowledged bytes are not within the sealed length\n");
       MUST(told[f] == NONE || told[f] <= durable[f], "BROKEN: bytes within the sealed length are not durable\n");
       f++
    :: else -> break
    od;
    is_sealed = true;
    forget();
#ifdef WITNESS_TWO_SEALS
    MUST(!(self == SECOND_SEALER && mark.complete == SECOND_SEALER && acknowledged[0] == 1 && told[0] == 2 && restarts == 1),
         "REACHED: sealed twice over a restart, with an acknowledged byte and one that was only counted\n")
#endif
  }
}

/* ---- the new owner replays, as often as it likes ---------------------------------------------------------------- */

active proctype Reader() {
  unsigned f : 2, seen : 4;
  is_sealed;
  do
  :: atomic {
       if :: f = 0 :: f = 1 fi;
       if
       :: told[f] != NONE ->
reader_replays:
#ifdef READER_IGNORES_LENGTHS
          seen = length[f];
#else
          seen = VISIBLE(f);
#endif
          printf("reader: sees %d bytes of file %d\n", seen, f);
          MUST(seen == told[f], "BROKEN: a replay did not see exactly the sealed bytes\n")
       :: else
       fi;
       f = 0; seen = 0
     }
  od
}

/* ---- storage restarts once -------------------------------------------------------------------------------------- */

inline keep_or_lose(now, certain) {
  if
  :: true
  :: now = certain
  fi
}

active proctype Storage() {
storage_restarts:
  atomic {
    restarts = restarts + 1;
    mark_lock = 0;
    printf("storage: restarts\n");
    keep_or_lose(length[0], durable[0]); durable[0] = length[0];
    keep_or_lose(length[1], durable[1]); durable[1] = length[1];
#ifdef SEAL_IN_MEMORY
    copy_mark(mark, durable_mark);
#endif
    keep_or_lose(mark.word, durable_mark.word);
    keep_or_lose(mark.incarnation, durable_mark.incarnation);
    if  /* the record of lengths is there whole, or it does not verify */
    :: true
    :: mark.complete = durable_mark.complete;
       mark.stored[0] = durable_mark.stored[0];
       mark.stored[1] = durable_mark.stored[1]
    fi;
    copy_mark(durable_mark, mark);
    MUST(mark.word != COMPLETE || mark.complete != 0, "BROKEN: the word says complete, and the lengths are gone\n")
  }
}

init {
  atomic {
    mark.stored[0] = NONE; mark.stored[1] = NONE;
    durable_mark.stored[0] = NONE; durable_mark.stored[1] = NONE;
    told[0] = NONE; told[1] = NONE;
    run Sealer(FIRST_SEALER);
    run Sealer(SECOND_SEALER)
  }
}
