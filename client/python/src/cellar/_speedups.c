/* Packed cells of version 2, as packed.py does it in Python: same results, same errors. Never needed, used when built. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

enum { kHead = 24, kVersionBytes = 4, kFields = 6, kMostOfAFamily = 255 };
enum { kEob = 0x01, kEos = 0x02, kFlush = 0x04, kAuto = 0x20, kTimestamp = 0x40, kRevision = 0x80 };
enum { kBadFormat = 55, kInvalidArgument = 56, kOverrun = 0x80001 };

static PyTypeObject *cell_type;
static PyObject *format_error;

static uint32_t load32(const uint8_t *at) {
  return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static int64_t load64(const uint8_t *at) { return (int64_t)((uint64_t)load32(at) | (uint64_t)load32(at + 4) << 32); }

static void store32(uint8_t *at, uint32_t value) {
  for (int i = 0; i < 4; ++i) at[i] = (uint8_t)(value >> (8 * i));
}

static void store64(uint8_t *at, uint64_t value) {
  store32(at, (uint32_t)value);
  store32(at + 4, (uint32_t)(value >> 32));
}

/* Raises FormatError(message, code). Always NULL. */
static void *fail(int code, PyObject *message) {
  if (message != NULL) {
    PyObject *error = PyObject_CallFunction(format_error, "Oi", message, code);
    if (error != NULL) PyErr_SetObject(format_error, error);
    Py_XDECREF(error);
    Py_DECREF(message);
  }
  return NULL;
}

static void *bad(Py_ssize_t at, const char *what) {
  return fail(kBadFormat, PyUnicode_FromFormat("packed cells, byte %zd: %s", at, what));
}

static void *overrun(Py_ssize_t size) {
  return fail(kOverrun, PyUnicode_FromFormat("packed cells end early, at byte %zd", size));
}

/* ---- reading -------------------------------------------------------------------------------------------------------- */

typedef struct {
  const uint8_t *data;
  Py_ssize_t size, at;
  PyObject *row, *family; /* of the cell before: owned, or NULL */
} Reader;

static int known_flag(int flag) { return flag == 255 || flag <= 3; }

/* The bytes of a part, or those of the cell before if they are the same. */
static PyObject *part(const uint8_t *bytes, uint32_t length, PyObject *before) {
  if (before != NULL && (uint32_t)PyBytes_GET_SIZE(before) == length && memcmp(PyBytes_AS_STRING(before), bytes, length) == 0) {
    Py_INCREF(before);
    return before;
  }
  return PyBytes_FromStringAndSize((const char *)bytes, length);
}

/* Steals `value`. */
static int put(PyObject *cell, int index, PyObject *value) {
  if (value == NULL) return -1;
  PyTuple_SET_ITEM(cell, index, value);
  return 0;
}

static PyObject *read_cell(Reader *in, const uint8_t *head) {
  const int control = head[0], flag = head[1];
  const uint32_t family = head[2], row = load32(head + 4), qualifier = load32(head + 8), value = load32(head + 12);
  if (head[3] != 0 || !known_flag(flag)) return bad(in->at, "flag");
  if ((control & ~(kAuto | kTimestamp | kRevision)) || ((control & kAuto) && (control & kTimestamp))) return bad(in->at, "control");
  in->at += kHead + ((control & kRevision) ? 8 : 0);
  if (row == 0 && in->row == NULL) return bad(in->at, "the first cell has no row");
  if ((uint64_t)row + family + qualifier + value + (uint64_t)in->at > (uint64_t)in->size) return overrun(in->size);
  const uint8_t *bytes = in->data + in->at;
  if (row != 0) {
    Py_XSETREF(in->row, PyBytes_FromStringAndSize((const char *)bytes, row));
    if (in->row == NULL) return NULL;
    bytes += row;
  }
  Py_XSETREF(in->family, part(bytes, family, in->family));
  if (in->family == NULL) return NULL;
  bytes += family;
  PyObject *cell = cell_type->tp_alloc(cell_type, kFields);
  if (cell == NULL) return NULL;
  Py_INCREF(in->row);
  PyTuple_SET_ITEM(cell, 0, in->row);
  Py_INCREF(in->family);
  PyTuple_SET_ITEM(cell, 1, in->family);
  PyObject *timestamp = Py_None;
  if (control & kTimestamp) timestamp = PyLong_FromLongLong(load64(head + 16)); else Py_INCREF(timestamp);
  if (put(cell, 4, timestamp) < 0 || put(cell, 5, PyLong_FromLong(flag)) < 0 ||
      put(cell, 2, PyBytes_FromStringAndSize((const char *)bytes, qualifier)) < 0 ||
      put(cell, 3, PyBytes_FromStringAndSize((const char *)bytes + qualifier, value)) < 0) {
    Py_DECREF(cell);
    return NULL;
  }
  PyObject_GC_UnTrack(cell); /* bytes and numbers only: no cycle can go through it */
  in->at = (bytes - in->data) + (Py_ssize_t)qualifier + (Py_ssize_t)value;
  return cell;
}

static PyObject *read_cells(Reader *in, PyObject *cells) {
  for (;;) {
    if (in->size - in->at < kHead) return overrun(in->size);
    const uint8_t *head = in->data + in->at;
    if (head[0] & kEob) {
      const int ours = (head[0] & ~(kEob | kEos | kFlush)) == 0 && head[1] == 0 && head[2] == 0 && head[3] == 0 && load32(head + 8) == 0 &&
                       load32(head + 12) == 0 && load64(head + 16) == 0;
      if (!ours) return bad(in->at, "the terminator is not right");
      if ((Py_ssize_t)load32(head + 4) != PyList_GET_SIZE(cells)) return bad(in->at, "the terminator counts other cells");
      if (in->at + kHead != in->size) return bad(in->at + kHead, "something follows the terminator");
      return Py_BuildValue("Oi", cells, (int)head[0]);
    }
    PyObject *cell = read_cell(in, head);
    if (cell == NULL) return NULL;
    const int added = PyList_Append(cells, cell);
    Py_DECREF(cell);
    if (added < 0) return NULL;
  }
}

static PyObject *unpack_2(PyObject *self, PyObject *argument) {
  (void)self;
  Py_buffer view;
  if (PyObject_GetBuffer(argument, &view, PyBUF_SIMPLE) < 0) return NULL;
  Reader in = {view.buf, view.len, kVersionBytes, NULL, NULL};
  PyObject *cells = PyList_New(0);
  PyObject *answer = cells == NULL ? NULL : read_cells(&in, cells);
  Py_XDECREF(cells);
  Py_XDECREF(in.row);
  Py_XDECREF(in.family);
  PyBuffer_Release(&view);
  return answer;
}

/* ---- writing -------------------------------------------------------------------------------------------------------- */

typedef struct {
  uint8_t *data;
  size_t size, capacity;
  size_t row_at, row_size; /* of the cell before, in data */
} Writer;

static uint8_t *grow(Writer *out, size_t more) {
  if (out->size + more > out->capacity) {
    const size_t capacity = (out->size + more) * 2;
    uint8_t *data = PyMem_Realloc(out->data, capacity);
    if (data == NULL) {
      PyErr_NoMemory();
      return NULL;
    }
    out->data = data;
    out->capacity = capacity;
  }
  uint8_t *at = out->data + out->size;
  out->size += more;
  return at;
}

static int write_parts(Writer *out, const Py_buffer *parts, PyObject *timestamp, long flag) {
  int64_t stamp = 0;
  int control = kAuto;
  if (timestamp != Py_None) {
    int overflow = 0;
    stamp = PyLong_AsLongLongAndOverflow(timestamp, &overflow);
    if (stamp == -1 && PyErr_Occurred()) return -1;
    if (overflow != 0) return fail(kBadFormat, PyUnicode_FromString("a timestamp cannot be packed")) == NULL ? -1 : 0;
    control = kTimestamp;
  }
  size_t total = kHead;
  for (int i = 0; i < 4; ++i) {
    total += (size_t)parts[i].len;
    if ((uint64_t)parts[i].len > UINT32_MAX) return bad(0, "a part is too long") == NULL ? -1 : 0;
  }
  if (parts[0].len == 0) return fail(kInvalidArgument, PyUnicode_FromString("a cell without a row")) == NULL ? -1 : 0;
  if (parts[1].len > kMostOfAFamily) return fail(kBadFormat, PyUnicode_FromFormat("a family of %zd bytes", parts[1].len)) == NULL ? -1 : 0;
  if (flag < 0 || flag > 255) return fail(kBadFormat, PyUnicode_FromString("a flag cannot be packed")) == NULL ? -1 : 0;
  const size_t row_size = (size_t)parts[0].len;
  const int repeats = row_size == out->row_size && memcmp(out->data + out->row_at, parts[0].buf, row_size) == 0;
  if (repeats) total -= row_size;
  uint8_t *at = grow(out, total);
  if (at == NULL) return -1;
  at[0] = (uint8_t)control;
  at[1] = (uint8_t)flag;
  at[2] = (uint8_t)parts[1].len;
  at[3] = 0;
  store32(at + 4, repeats ? 0 : (uint32_t)row_size);
  store32(at + 8, (uint32_t)parts[2].len);
  store32(at + 12, (uint32_t)parts[3].len);
  store64(at + 16, (uint64_t)stamp);
  at += kHead;
  if (!repeats) {
    out->row_at = (size_t)(at - out->data);
    out->row_size = row_size;
  }
  for (int i = repeats ? 1 : 0; i < 4; ++i) {
    memcpy(at, parts[i].buf, (size_t)parts[i].len);
    at += parts[i].len;
  }
  return 0;
}

static int write_cell(Writer *out, PyObject *cell) {
  PyObject *fields = PySequence_Fast(cell, "a cell is a tuple");
  if (fields == NULL) return -1;
  Py_buffer parts[4];
  int held = 0, done = -1;
  if (PySequence_Fast_GET_SIZE(fields) != kFields) {
    PyErr_SetString(PyExc_ValueError, "a cell has six fields");
  } else {
    PyObject **field = PySequence_Fast_ITEMS(fields);
    while (held < 4 && PyObject_GetBuffer(field[held], &parts[held], PyBUF_SIMPLE) == 0) ++held;
    if (held == 4) {
      const long flag = PyLong_AsLong(field[5]);
      if (!(flag == -1 && PyErr_Occurred())) done = write_parts(out, parts, field[4], flag);
    }
  }
  while (held > 0) PyBuffer_Release(&parts[--held]);
  Py_DECREF(fields);
  return done;
}

static PyObject *finish(Writer *out, PyObject *cells, int terminator) {
  uint8_t *version = grow(out, kVersionBytes);
  if (version == NULL) return NULL;
  store32(version, 2);
  PyObject *iterator = PyObject_GetIter(cells);
  if (iterator == NULL) return NULL;
  uint32_t count = 0;
  PyObject *cell;
  while ((cell = PyIter_Next(iterator)) != NULL) {
    const int written = write_cell(out, cell);
    Py_DECREF(cell);
    if (written < 0) break;
    ++count;
  }
  Py_DECREF(iterator);
  if (PyErr_Occurred()) return NULL;
  uint8_t *end = grow(out, kHead);
  if (end == NULL) return NULL;
  memset(end, 0, kHead);
  end[0] = (uint8_t)(kEob | terminator);
  store32(end + 4, count);
  return PyBytes_FromStringAndSize((const char *)out->data, (Py_ssize_t)out->size);
}

static PyObject *pack_2(PyObject *self, PyObject *arguments) {
  (void)self;
  PyObject *cells;
  int terminator;
  if (!PyArg_ParseTuple(arguments, "Oi", &cells, &terminator)) return NULL;
  Writer out = {NULL, 0, 0, 0, 0};
  PyObject *answer = finish(&out, cells, terminator);
  PyMem_Free(out.data);
  return answer;
}

static PyObject *prepare(PyObject *self, PyObject *arguments) {
  (void)self;
  PyObject *cell, *error;
  if (!PyArg_ParseTuple(arguments, "O!O", &PyType_Type, &cell, &error)) return NULL;
  if (!PyType_IsSubtype((PyTypeObject *)cell, &PyTuple_Type)) {
    PyErr_SetString(PyExc_TypeError, "a cell is a tuple");
    return NULL;
  }
  Py_INCREF(cell);
  Py_XSETREF(cell_type, (PyTypeObject *)cell);
  Py_INCREF(error);
  Py_XSETREF(format_error, error);
  Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"prepare", prepare, METH_VARARGS, "prepare(Cell, FormatError): once, before the others."},
    {"unpack_2", unpack_2, METH_O, "unpack_2(data) -> (cells, control of the terminator)"},
    {"pack_2", pack_2, METH_VARARGS, "pack_2(cells, control of the terminator) -> bytes"},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_speedups", "Packed cells, quickly.", -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__speedups(void) { return PyModule_Create(&module); }
