/*
 * Masters that take over from each other (docs/internals/master.md, roles.md; docs/internals/models.md says which
 * function does which step).
 *
 * Each Master is one life of a master. The lock on /master may be lost at any time, while its holder does not know;
 * the lock service may be wiped, which frees the lock and starts its numbers again. Nobody looks at a lease: what must
 * be safe here rests on the file system and on the range servers. A life that is never scheduled again has died; one
 * that is scheduled late was stopped, and wakes deposed, between any two steps.
 *
 * A client creates the table /a, repeats the request until it is answered, then drops it in the same way. Meanwhile
 * masters register range servers, grant a range, and remove what earlier terms have left.
 */

#ifndef MASTERS
#define MASTERS 2
#endif
#define TERMS 3                         /* the highest that is claimed */

#define CREATE 0                        /* requests, each with an id of its own */
#define DROP 1
#define UNKNOWN 0                       /* steps of an operation, as recorded */
#define RECORDED 1
#define HALF 2
#define DONE 3

#define MUST(condition, text) if :: (condition) :: else -> printf(text); assert(false) fi

/* What a master's log holds. */
typedef Record {
  unsigned create : 2;                  /* step of each operation */
  unsigned drop : 2;
  unsigned create_table : 2;            /* the table id that the operation was given */
  unsigned drop_table : 2;
  unsigned next_table : 2
}

typedef Journal {
  bool exists, is_sealed, is_used;      /* the directory; its seal; a complete file is in it */
  unsigned removed : 2;                 /* how often it went as garbage */
  Record state
}

/* The file system. */
bool claimed[TERMS + 2];                /* master/term-<t> */
Journal logs[TERMS + 2];                    /* master/log-<t>/ */

/* METADATA and the catalog, on range servers that have heard of a term. */
unsigned path : 2;                      /* the row path:/a: a table id; 0: no row */
bool table_row[4];
unsigned epoch : 6;                     /* of some range's row: term * 8 + counter */
unsigned heard_term : 3;

/* The lock service: whoever comes gets the lock, since its holder may have lost it without knowing. */
unsigned next_life : 3 = 1, sequencer : 3;

/* What has been promised. */
bool is_created, is_dropped;            /* the client has the answer */
unsigned times_created : 2, times_dropped : 2;
unsigned incarnation : 6;               /* the highest that was recorded */
unsigned acting_term : 3;               /* the highest whose master has begun to act on rows */

inline copy_state(target, source) {
  target.create = source.create;
  target.drop = source.drop;
  target.create_table = source.create_table;
  target.drop_table = source.drop_table;
  target.next_table = source.next_table
}

#define IS_SUPERSEDED ((term < 2 && logs[2].is_used) || (term < 3 && logs[3].is_used))
#ifdef INCARNATION_REUSED
#define INCARNATION counter
#else
#define INCARNATION (term * 8 + counter)
#endif
#ifdef DEPOSED_MASTER_WRITES
#define IS_HEARD true
#define MUST_BE_NEWEST skip
#else
#define IS_HEARD (term >= heard_term)
#define MUST_BE_NEWEST MUST(term >= acting_term, "BROKEN: a deposed master's write took effect\n")
#endif

inline remove_log(old) {
  logs[old].removed++;
  logs[old].exists = false; logs[old].is_sealed = false; logs[old].is_used = false;
  logs[old].state.create = 0; logs[old].state.drop = 0; logs[old].state.create_table = 0; logs[old].state.drop_table = 0;
  logs[old].state.next_table = 0
}

#ifdef NO_LOOK_AFTER_OPENING
#define SEES_LATER_TERM false
#else
#define SEES_LATER_TERM ((term < 2 && claimed[2]) || (term < 3 && claimed[3]))
#endif

/* A record in the log of the term. It counts when the log was not sealed when it was looked at after the sync: see
   fencing.pml, which has the steps that are one here. When the master's file is gone with its directory, and somebody
   has made the directory again, the log goes on with a new file there. */
#define SAVE(what) \
  atomic { \
    if \
    :: logs[term].exists && !logs[term].is_sealed && (removed_before == logs[term].removed || !SEES_LATER_TERM) -> \
       MUST(!IS_SUPERSEDED, "BROKEN: a record counted after a later master had read the log\n"); \
       what; \
       copy_state(logs[term].state, mine) \
    :: else -> printf("master %d: its log is sealed\n", self); goto to_end \
    fi \
  }
#ifdef CREATE_WITHOUT_RECORD
#define SAVE_CREATE skip
#else
#define SAVE_CREATE SAVE(skip)
#endif

/* A conditional write to a row, at the range server. */
#define AT_SERVER(what) \
  atomic { \
    if \
    :: IS_HEARD -> what \
    :: else -> printf("master %d: the server has heard of a later term\n", self); goto to_end \
    fi \
  }

inline forget() {
  atomic {
    mine.create = 0; mine.drop = 0; mine.create_table = 0; mine.drop_table = 0; mine.next_table = 0; term = 0; t = 0;
    seen_epoch = 0; counter = 0; removed_before = 0; has_registered = false; has_granted = false;
    listed[1] = false; listed[2] = false; listed[3] = false
  }
}

proctype Master(byte self) {
  Record mine;
  unsigned term : 3, t : 3, seen_epoch : 6, counter : 3, removed_before : 2;
  bool listed[TERMS + 2], has_registered, has_granted;

takes_lock:
  atomic { next_life == self -> next_life++; printf("master %d: holds the lock\n", self);
#ifdef TERM_FROM_LOCK_SERVICE
    sequencer++
#endif
  }
lists_terms:
  atomic {
#ifdef TERM_FROM_LOCK_SERVICE
    term = sequencer;
#else
    term = (claimed[3] -> 4 : (claimed[2] -> 3 : (claimed[1] -> 2 : 1)));
#endif
    listed[1] = claimed[1]; listed[2] = claimed[2]; listed[3] = claimed[3];
    if :: term > TERMS -> goto to_end :: else fi
  }
claims_term:
  atomic {
    if
#ifndef TERM_FROM_LOCK_SERVICE
    :: claimed[term] -> goto lists_terms
#endif
    :: else -> claimed[term] = true; printf("master %d: claims term %d\n", self, term)
    fi;
    t = 1
  }
  do
  :: t < term ->
seals_earlier:
     atomic {
       if
       :: listed[t] && logs[t].exists -> logs[t].is_sealed = true; printf("master %d: seals log %d\n", self, t)
       :: else                          /* there is none yet, or none any more */
       fi;
       t++
     }
  :: else -> break
  od;
reads_state:
  atomic {
    mine.next_table = 1;
    if
    :: term > 2 && listed[2] && logs[2].is_used -> copy_state(mine, logs[2].state); printf("master %d: reads log 2\n", self)
    :: else ->
       if
       :: term > 1 && listed[1] && logs[1].is_used -> copy_state(mine, logs[1].state); printf("master %d: reads log 1\n", self)
       :: else
       fi
    fi;
    t = 0; listed[1] = false; listed[2] = false; listed[3] = false
  }
opens_log:
  atomic {
    if
    :: logs[term].is_sealed -> printf("master %d: its log was sealed before it opened it\n", self); goto to_end
    :: else ->
       logs[term].exists = true; logs[term].is_used = true; copy_state(logs[term].state, mine);
       removed_before = logs[term].removed;
       printf("master %d: opens log %d\n", self, term)
    fi
  }
looks_again:
  atomic { if :: SEES_LATER_TERM -> printf("master %d: sees a later term\n", self); goto to_end :: else fi }
tells_servers:
  atomic {
    if
    :: term >= heard_term -> heard_term = term; printf("master %d: the range servers have heard of term %d\n", self, term)
    :: else -> goto to_end
    fi;
    if :: term > acting_term -> acting_term = term :: else fi
  }

  /* ---- active ---- */
  do
  :: mine.create == RECORDED ->
create_writes_table_row:
     AT_SERVER(MUST_BE_NEWEST; table_row[mine.create_table] = true; printf("master %d: writes table row %d\n", self, mine.create_table));
     mine.create = HALF;
create_records_step:
     SAVE_CREATE
  :: mine.create == HALF ->
create_writes_path:
     AT_SERVER(
       if
       :: path == 0 ->
          MUST_BE_NEWEST; path = mine.create_table; times_created++;
          printf("master %d: writes the path of table %d\n", self, path);
          MUST(times_created == 1, "BROKEN: a create was applied twice\n")
       :: path == mine.create_table
       :: else -> printf("BROKEN: a step can never succeed\n"); assert(false)
       fi);
     mine.create = DONE;
create_records_outcome:
     SAVE_CREATE
  :: mine.create == DONE && !is_created ->
create_is_answered:
     atomic { is_created = true; printf("master %d: answers that /a is created\n", self) }

  :: mine.drop == RECORDED ->
drop_removes_path:
     AT_SERVER(
       if
       :: path == mine.drop_table && path != 0 -> MUST_BE_NEWEST; path = 0; times_dropped++; printf("master %d: removes the path\n", self)
       :: else
       fi);
     mine.drop = HALF;
drop_records_step:
     SAVE(skip)
  :: mine.drop == HALF ->
drop_removes_table_row:
     AT_SERVER(MUST_BE_NEWEST; table_row[mine.drop_table] = false);
     mine.drop = DONE;
drop_records_outcome:
     SAVE(skip)
  :: mine.drop == DONE && !is_dropped ->
drop_is_answered:
     atomic { is_dropped = true; printf("master %d: answers that /a is dropped\n", self) }

  /* a request comes: the operations of earlier masters are done */
  :: mine.create == UNKNOWN && !is_created ->
     if
     :: path == 0 ->
        atomic {
          mine.create_table = mine.next_table; mine.next_table++; mine.create = RECORDED;
          printf("master %d: is asked to create /a\n", self)
        }
create_is_recorded:
        SAVE_CREATE
     :: path != 0 ->
create_is_refused:
#ifndef REFUSES_WITHOUT_LOOKING
        SAVE(skip);
#endif
        MUST(times_created == 0, "BROKEN: a request was refused because it had been applied\n");
        goto to_end
     fi
  :: mine.drop == UNKNOWN && mine.create != RECORDED && mine.create != HALF && is_created && !is_dropped ->
     if
     :: atomic { path != 0 -> mine.drop_table = path; mine.drop = RECORDED; printf("master %d: is asked to drop /a\n", self) }
drop_is_recorded:
        SAVE(skip)
     :: path == 0 ->
drop_is_refused:
#ifndef REFUSES_WITHOUT_LOOKING
        SAVE(skip);
#endif
        MUST(times_dropped == 0, "BROKEN: a request was refused because it had been applied\n");
        goto to_end
     fi

#if MASTERS < 3
  :: !has_registered ->
register_is_recorded:
     SAVE(
       has_registered = true; counter++;
       MUST(INCARNATION > incarnation, "BROKEN: an incarnation was given twice, or fell\n");
       incarnation = INCARNATION; printf("master %d: gives incarnation %d.%d\n", self, term, counter))
  :: !has_granted ->
     atomic { seen_epoch = epoch; if :: seen_epoch / 8 > term -> goto to_end :: else fi }
grant_writes_row:
     AT_SERVER(
       has_granted = true;
       if
       :: epoch == seen_epoch ->
          MUST_BE_NEWEST; counter++;
          MUST(term * 8 + counter > epoch, "BROKEN: an epoch fell\n");
          epoch = term * 8 + counter; printf("master %d: grants under epoch %d.%d\n", self, term, counter)
       :: else
       fi);
     seen_epoch = 0
#endif

  :: term > 1 && (logs[1].exists || claimed[1]) ->
garbage_goes:
     if
     :: atomic { logs[1].exists -> remove_log(1) }
     :: atomic { claimed[1] -> claimed[1] = false; printf("master %d: removes what is left of term 1\n", self) }
     :: true
     fi
  :: term > 2 && (logs[2].exists || claimed[2]) ->
     if
     :: atomic { logs[2].exists -> remove_log(2) }
     :: atomic { claimed[2] -> claimed[2] = false; printf("master %d: removes what is left of term 2\n", self) }
     :: true
     fi
  :: is_dropped -> break
  od;
#ifdef WITNESS_TWO_TERMS
  MUST(!(term == 2 && is_dropped && !claimed[1] && epoch > 16 && incarnation > 16), "REACHED: dropped by the second master, who has done all else, too\n");
#endif

to_end:
  forget()
}
#ifdef TERM_FROM_LOCK_SERVICE
active proctype LockService() {
lock_service_is_wiped:
  atomic { sequencer > 0 -> sequencer = 0; printf("lock service: is wiped\n") }
}
#endif

init {
  atomic {
    run Master(1);
    run Master(2);
#if MASTERS > 2
    run Master(3)
#endif
  }
}
