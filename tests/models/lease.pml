/*
 * Who may still answer reads, and from when on somebody else may (docs/internals/lockservice.md, "Lease";
 * docs/internals/models.md says which function does which step).
 *
 * A range server holds a session of the lock service and answers reads as long as its own lease holds. A master sees
 * its lock free, seals its directory, and a new owner answers; its first answer is to a newer write. Between any two
 * steps any time may pass, messages are late or lost, the session may be ended long after it could be. Once the lock
 * service may be wiped, or set back to an older state, which may know the session, with its lock or without, also one
 * that had ended. A renewal tells which lock its session is believed to hold.
 *
 * Time is in sixths of the lease time T, and only differences of times are kept: so it may pass for ever. The server's
 * boot clock may be slow, by DRIFT over one lease.
 */

#define T 6
#define LEASE 4                         /* 2T/3, from the sending of a renewal */
#define DRIFT 1                         /* T/3 >= tick + T/6 + drift: CheckLeaseLength */

#ifdef WAIT_WITHOUT_DRIFT
#define WAIT LEASE
#else
#define WAIT (LEASE + DRIFT)            /* 2T/3 * (1 + rho) */
#endif

#ifdef LEASE_AS_LONG_AS_SESSION
#define GRANTED T
#else
#define GRANTED LEASE
#endif

#define MUST(condition, text) if :: (condition) :: else -> printf(text); assert(false) fi

bool is_slow;                           /* the server's boot clock */

/* The lock service. */
bool session_stands = true;             /* the server's session */
bool lock_stands = true;                /* that session's lock: never without the session */
unsigned heard_ago : 3;                 /* since it decided the last renewal; T: as long or longer */
bool was_reset;                         /* wiped or set back: once */
bool is_as_left = true;                 /* the node /cluster is as the master left it: same nonce, same mark */

#define END_SESSION session_stands = false; lock_stands = false

/* The server. */
bool is_alive = true, has_ended;        /* has_ended: it was told that its session is over */
unsigned sent_ago : 3;                  /* since it sent the renewal that is under way; T: as long or longer */
unsigned lease_left : 3;                /* by true time */
bool timer_flag = true;

/* The new owner. */
unsigned seen_ago : 3;                  /* since the master saw the loss; T: as long or longer */
bool is_sealed;                         /* the server's directory */
bool has_answered;

#ifdef LEASE_CHECKED_ONCE_PER_SCANNER
#define SKIPS_CHECK (block > 0)
#else
#define SKIPS_CHECK false
#endif

#ifdef LEASE_BY_TIMER
#define HOLDS timer_flag
#else
#define HOLDS (!has_ended && lease_left > 0)
#endif

proctype Time() {
  do
  :: atomic {
       printf("a sixth of the lease time passes\n");
       if :: heard_ago < T -> heard_ago++ :: else fi;
       if :: sent_ago < T -> sent_ago++ :: else fi;
       if :: seen_ago < T -> seen_ago++ :: else fi;
       if :: lease_left > 0 -> lease_left-- :: else fi
     }
  od
}

/* ---- the range server ------------------------------------------------------------------------------------------- */

#ifdef RENEWAL_WITHOUT_HOLDS
#define IS_RENEWED session_stands
#else
#define IS_RENEWED (session_stands && lock_stands)
#endif

#ifdef NO_LOOK_AT_SEAL_AFTER_LAPSE
#define IS_SURE true
#else
#define IS_SURE (lease_left > 0 || !is_sealed)
#endif

proctype Renewer() {
  bool is_confirmed, is_over;
  do
  :: has_ended || !is_alive -> break
  :: else ->
renewal_is_sent:
     atomic { sent_ago = 0; is_confirmed = false; is_over = false; printf("server: sends a renewal\n") }
     if
     :: atomic {
          IS_RENEWED ->
renewal_is_decided:
          heard_ago = 0; is_confirmed = true; printf("lock service: decides the renewal\n")
        }
     :: atomic { !IS_RENEWED -> is_over = true; printf("lock service: does not know the session, or not its lock\n") }
     :: true                            /* the request or its answer is lost */
#ifdef RENEWAL_BY_PING
     :: atomic { is_confirmed = true; printf("a follower that is cut off answers a ping\n") }
#endif
     fi;
renewal_is_confirmed:
     atomic {
#ifdef LEASE_FROM_ANSWER
       sent_ago = 0;
#endif
       if
#ifndef NO_LOOK_AT_SEAL_AFTER_LAPSE
       :: is_confirmed && lease_left == 0 && is_sealed ->
          has_ended = true; timer_flag = false; printf("server: its lease had run out, and it is sealed: it ends\n")
#endif
       :: is_confirmed && IS_SURE && GRANTED + is_slow > sent_ago + lease_left ->
          lease_left = GRANTED + is_slow - sent_ago; timer_flag = true;
          printf("server: holds its lease for %d sixths more\n", lease_left)
       :: is_over -> has_ended = true; timer_flag = false
       :: else
       fi;
       is_confirmed = false; is_over = false; sent_ago = T
     }
  od
}

#ifdef LEASE_BY_TIMER
proctype Timer() {               /* fires when it gets round to it */
  do
  :: atomic { timer_flag && lease_left == 0 -> timer_flag = false }
  od
}
#endif

/* A scanner: its first block, then a later one. A get of rows is a scanner with one block. */
proctype Reads() {
  unsigned block : 1;
  bool is_held;
  do
  :: !is_alive -> break
  :: is_alive ->
     block = 0;
     do
     :: true ->
#ifdef LEASE_CHECKED_BEFORE_RESULT
       is_held = HOLDS;
#endif
read_takes_result:
       printf("server: takes block %d of a scanner\n", block);
read_checks_lease:
       atomic {
         if
#ifdef LEASE_CHECKED_BEFORE_RESULT
         :: !is_held || !is_alive -> break
#else
         :: (!HOLDS && !SKIPS_CHECK) || !is_alive -> break
#endif
         :: else ->
            printf("server: answers block %d\n", block);
            MUST(!has_answered, "BROKEN: a stale read was answered after the new owner's first answer\n")
         fi
       }
       if
       :: block == 0 -> block = 1
       :: else -> break
       fi
     od
  od
}

/* ---- death and its proof ---------------------------------------------------------------------------------------- */

proctype Guard() {
  printf("the server is killed\n");
#ifdef GUARD_ENDS_THE_SESSION_FIRST
  END_SESSION;
#endif
  atomic { is_alive = false; printf("guard: sees the server's end\n") }
guard_ends_session:
  atomic { END_SESSION; printf("guard: ends its session\n") }
}

/* ---- the lock service ------------------------------------------------------------------------------------------- */

proctype LockService() {
  do
  :: atomic {
       session_stands && heard_ago >= T ->
session_expires:
       END_SESSION; printf("lock service: ends the session\n")
     }
  :: atomic {
       !was_reset ->
lock_service_is_reset:
       was_reset = true;
       if
       :: is_as_left = false; END_SESSION; printf("lock service: is wiped\n")
#ifndef NONCE_WITHOUT_MARK
       :: is_as_left = false; END_SESSION; printf("lock service: is set back to before the session\n")
#else
       :: END_SESSION; printf("lock service: is set back to before the session, and nobody notices\n")
#endif
       :: is_as_left = false; session_stands = true; lock_stands = true; heard_ago = 0;
          printf("lock service: is set back to when the session stood with its lock\n")
       :: is_as_left = false; session_stands = true; lock_stands = false; heard_ago = 0;
          printf("lock service: is set back to when the session stood without its lock\n")
       fi
     }
  od
}

/* ---- the master and the new owner ------------------------------------------------------------------------------- */

proctype NewOwner() {
master_sees_loss:
  atomic { !lock_stands -> printf("master: sees the lock free\n") }
#ifndef SEALED_AFTER_THE_LOOK
master_seals:
  atomic { is_sealed = true; printf("master: seals the directory\n") }
#endif
master_looks_at_lock:
  atomic { !lock_stands -> printf("master: sees the lock free after the seal\n") }
master_checks_service:
  if
  :: atomic { is_as_left -> printf("master: it is the lock service that had it: proof\n") }
  :: atomic { !is_as_left -> seen_ago = 0; printf("master: the lock service has forgotten: it proves nothing\n") };
     !lock_stands;                      /* the next master looks, too */
owner_waits:
#ifdef NO_WAIT_AFTER_WIPE
     true
#else
     seen_ago >= WAIT
#endif
  fi;
#ifdef SEALED_AFTER_THE_LOOK
  is_sealed = true;
#endif
owner_answers_first:
  atomic {
    has_answered = true; printf("new owner: answers for the first time\n");
#ifdef WITNESS_RESET
    MUST(!(was_reset && is_alive && !has_ended && sent_ago < T), "REACHED: the lock service has forgotten, and the old server lives\n")
#endif
  }
}

init {
  atomic {
    if :: is_slow = true :: is_slow = false fi;
    lease_left = GRANTED + is_slow; sent_ago = T; seen_ago = T;  /* the session was opened just now */
    run Time(); run Renewer(); run Reads(); run Guard(); run LockService(); run NewOwner();
#ifdef LEASE_BY_TIMER
    run Timer()
#endif
  }
}
