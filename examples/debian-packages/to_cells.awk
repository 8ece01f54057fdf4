# The TSV of to_tsv.py as cells, one a line, prefixed by the family's place in the schema:
#   place TAB row TAB family:qualifier TAB value        (sort by row, place, column; then cut the place)
BEGIN {
  FS = OFS = "\t"
  split("pkg rel text other pool", order, " ")
  for (i in order) place[order[i]] = i
}
NR == 1 { for (i = 2; i <= NF; i++) { column[i] = $i; split($i, part, ":"); family[i] = place[part[1]] } next }
{ for (i = 2; i <= NF; i++) if ($i != "") print family[i], $1, column[i], $i }
