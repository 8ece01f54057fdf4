/*
 * Which index readers may rely on while it is made anew (docs/internals/indexes.md, "Which writes an index must know";
 * docs/internals/models.md says which function does which step).
 *
 * A table of two ranges, each with a server of its own and one cell that somebody writes at some time. REBUILD INDICES
 * replaces the old index table by a new one. Whoever has opened the table may know any generation of its schema, and
 * learns the catalog's when a range refuses it. A range takes what comes under the generation that it has itself.
 *
 * Generations: 0 the old index is complete; 1 it is kept, and not to be read; 2 the new one is kept, and not to be
 * read; 3 the new one is complete. DROP INDEX and what drops a family are the same up to 2.
 */

#define RANGES 2

#define MUST(condition, text) if :: (condition) :: else -> printf(text); assert(false) fi

unsigned catalog : 2;                   /* the newest generation, as everybody can learn it */
byte generation[RANGES];       /* of each range */
bool is_taken[RANGES], is_visible[RANGES];  /* the range's cell */
bool in_old[RANGES], in_new[RANGES];    /* its entry */
bool old_is_gone;

/* ---- a client that writes --------------------------------------------------------------------------------------- */

#ifdef ENTRIES_NOT_MADE_ANEW
#define HAS_ENTRY (in_old[r] || in_new[r])
#else
#define HAS_ENTRY false
#endif

proctype Writer(bit r) {
  unsigned known : 2;
  if :: known = catalog :: true fi;     /* opens the table, or had it open */
  do
  :: true ->
#ifndef CELL_BEFORE_ENTRY
entry_is_written:
     atomic {
       if
       :: HAS_ENTRY
       :: !HAS_ENTRY && known <= 1 && !old_is_gone -> in_old[r] = true; printf("writer: entry of cell %d in the old index\n", r)
       :: !HAS_ENTRY && known <= 1 && old_is_gone
       :: !HAS_ENTRY && known >= 2 -> in_new[r] = true; printf("writer: entry of cell %d in the new index\n", r)
       fi
     }
#endif
     if
     :: atomic {
          generation[r] == known && (known >= 2 || !old_is_gone) ->
cell_is_taken:
          is_taken[r] = true; printf("range %d: takes its cell under generation %d\n", r, known); break
        }
     :: atomic { generation[r] != known || (known < 2 && old_is_gone) -> known = catalog }
     fi
  od;
cell_is_visible:
  atomic { is_visible[r] = true; printf("range %d: its cell can be read\n", r) }
#ifdef CELL_BEFORE_ENTRY
  if :: known <= 1 -> in_old[r] = true :: else -> in_new[r] = true fi
#endif
}

/* ---- clients that read by the index ----------------------------------------------------------------------------- */

proctype Reader() {
  unsigned known : 2;
  bool must_find[RANGES];
  bit r, asked;
  do
  :: true ->
     if :: known = catalog :: true fi;  /* opens the table, or had it open */
#ifdef SCHEMA_CHECKED_FIRST
     if :: asked = 0 :: asked = 1 fi;
     if
     :: generation[asked] != known -> known = catalog; goto to_the_next
     :: generation[asked] == known
     fi;
#endif
scan_begins:
     atomic {
       must_find[0] = is_visible[0]; must_find[1] = is_visible[1];
       printf("reader: begins, by generation %d\n", known)
     }
#ifndef SCHEMA_CHECKED_FIRST
#ifndef NO_SCHEMA_CHECK
     do
     :: known == 1 || known == 2 -> goto to_the_next
     :: known == 0 || known == 3 ->
        if :: asked = 0 :: asked = 1 fi;
schema_is_checked:
        if
        :: atomic { generation[asked] == known -> printf("reader: range %d has generation %d\n", asked, known); break }
        :: atomic { generation[asked] != known -> known = catalog }  /* and plans anew */
        fi
     od;
#endif
#endif
     if :: known == 1 || known == 2 -> goto to_the_next :: else fi;  /* without the index */
     r = 0;
index_is_read:
     atomic {
       if
       :: known == 0 && old_is_gone -> goto to_the_next  /* goes on without it */
       :: known == 0 && !old_is_gone ->
          printf("reader: looks for cell %d in the old index\n", r);
          MUST(!must_find[r] || in_old[r], "BROKEN: a cell that could be read was not found by the old index\n")
       :: known == 3 ->
          printf("reader: looks for cell %d in the new index\n", r);
          MUST(!must_find[r] || in_new[r], "BROKEN: a cell that could be read was not found by the new index\n");
#ifdef WITNESS_FOUND_BY_THE_NEW_INDEX
          MUST(!must_find[r], "REACHED: a cell was found by the new index\n")
#endif
       fi
     }
     if :: r == 0 -> r = 1; goto index_is_read :: r == 1 fi;
to_the_next: skip
  od
}

/* ---- the master, and the client that rebuilds ------------------------------------------------------------------- */

#ifdef FILL_BEFORE_SETTLED
#define IS_SETTLED(r) true
#else
#define IS_SETTLED(r) (!is_taken[r] || is_visible[r])
#endif

#define TELL(r, g) atomic { generation[r] = g; printf("range %d: has generation %d\n", r, g) }
#define TELL_ALL(g) TELL(0, g); TELL(1, g); IS_SETTLED(0); IS_SETTLED(1)

proctype Master() {
  bit r;
#ifndef NO_INTERIM_SCHEMA
interim_schema_is_saved:
  atomic { catalog = 1; printf("master: generation 1, the old index is not to be read\n") }
#ifndef INTERIM_SCHEMA_NOT_AWAITED
interim_schema_is_known:
  TELL_ALL(1);
#endif
#endif
schema_is_saved:
  atomic { catalog = 2; printf("master: generation 2, a new index\n") }
schema_is_known:
  TELL_ALL(2);
old_index_goes:
  atomic { old_is_gone = true; printf("master: the old index is gone\n") }
  do
  :: true ->
rebuild_reads:
     atomic {
       if
       :: is_visible[r] -> in_new[r] = true; printf("rebuild: entry of cell %d in the new index\n", r)
       :: !is_visible[r] -> printf("rebuild: does not see cell %d\n", r)
       fi;
       if :: r == 0 -> r = 1 :: r == 1 -> break fi
     }
  od;
rebuild_is_complete:
  atomic { catalog = 3; printf("master: generation 3, the new index is complete\n") };
  TELL_ALL(3)
}

init {
  atomic { run Writer(0); run Writer(1); run Reader(); run Master() }
}
