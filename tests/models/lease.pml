/*
 * Who may still answer reads, and from when on somebody else may (docs/internals/lockservice.md, "Lease";
 * docs/internals/models.md says which function does which step).
 *
 * A range server holds a session of the lock service and answers reads as long as its own lease holds. A master sees
 * its lock gone, and a new owner answers; its first answer is to a newer write. Between any two steps any time may
 * pass, messages are late or lost, the session may be ended long after it could be, the lock service may be wiped.
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
bool session_stands = true;             /* the server's session, with its lock */
unsigned heard_ago : 3;                 /* since it decided the last renewal; T: as long or longer */
bool was_wiped, has_nonce = true, says_dead;

/* The server. */
bool is_alive = true, has_ended;        /* has_ended: it was told that its session is over */
unsigned sent_ago : 3;                  /* since it sent the renewal that is under way; T: as long or longer */
unsigned lease_left : 3;                /* by true time */
bool timer_flag = true;

/* The new owner. */
unsigned seen_ago : 3;                  /* since the master saw the loss; T: as long or longer */
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

proctype Renewer() {
  bool is_confirmed, is_over;
  do
  :: has_ended || !is_alive -> break
  :: else ->
renewal_is_sent:
     atomic { sent_ago = 0; is_confirmed = false; is_over = false; printf("server: sends a renewal\n") }
     if
     :: atomic {
          session_stands ->
renewal_is_decided:
          heard_ago = 0; is_confirmed = true; printf("lock service: decides the renewal\n")
        }
     :: atomic { !session_stands -> is_over = true; printf("lock service: does not know the session\n") }
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
       :: is_confirmed && GRANTED + is_slow > sent_ago + lease_left ->
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
#ifdef GUARD_REPORTS_THE_KILL
  says_dead = true;
#endif
  atomic { is_alive = false; printf("guard: sees the server's end\n") }
guard_reports:
  atomic { says_dead = true; printf("guard: says that it is dead\n") }
}

/* ---- the lock service ------------------------------------------------------------------------------------------- */

proctype LockService() {
  do
  :: atomic {
       session_stands && heard_ago >= T ->
session_expires:
       session_stands = false; printf("lock service: ends the session\n")
     }
  :: atomic {
       !was_wiped ->
lock_service_is_wiped:
       was_wiped = true; has_nonce = false; session_stands = false; says_dead = false; printf("lock service: is wiped\n")
     }
  od
}

/* ---- the master and the new owner ------------------------------------------------------------------------------- */

proctype NewOwner() {
master_sees_loss:
  atomic { !session_stands || says_dead -> seen_ago = 0; printf("master: sees the lock free\n") }
  /* It seals, plans and replays meanwhile, however long or short. */
owner_waits:
  if
  :: says_dead                          /* proof: the guard's word, for this very incarnation */
  :: has_nonce && !session_stands       /* proof: this lock service ended the session itself */
#ifdef NO_WAIT_AFTER_WIPE
  :: true
#else
  :: seen_ago >= WAIT
#endif
  fi;
owner_answers_first:
  atomic {
    has_answered = true; printf("new owner: answers for the first time\n");
#ifdef WITNESS_WIPED
    MUST(!(was_wiped && is_alive && !has_ended && sent_ago < T), "REACHED: after a wipe, while the old server lives and asks for its lease\n")
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
