// The product that a BLAS gives NumPy on a desktop, for NumPy in the browser: AssemblyScript, compiled by
// build/kernel.py to a few KB of WebAssembly that reads and writes NumPy's own memory.
//
//   y (T, N) = x (T, K) times the transpose of w (N, K), plus b (N)
//
// w is float32, or int8 with a scale for each row, or for each `group` neighbours of a row. All arrays are C-contiguous
// and given by their addresses; b may be 0, for none. Nothing is checked here: kernel.py has done it.
//
// The work is cut into tiles, a few rows of x times a few rows of w, as many as their sums fit into the registers: each
// number that is loaded is used several times. What a tile reads lies side by side, see `pack` (Goto and van de Geijn,
// "Anatomy of High-Performance Matrix Multiplication", 2008).

const BLOCK: usize = 16; // rows of w that stay in the cache while all of x goes by
const MANY: usize = 12; // rows of x for which it pays to make float32 of the block first

type Grouped = u8; // int8 weights whose scales belong to groups
type Packed = u32; // weights of a block, made float32 and put side by side

// @ts-ignore: decorator
@inline function isPacked<W>(): bool {
  return sizeof<W>() == 4 && isInteger<W>();
}

/** sum + a * b: in one rounding where the browser has relaxed SIMD. */
// @ts-ignore: decorator
@inline function madd(a: v128, b: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(sum, f32x4.mul(a, b));
}

// @ts-ignore: decorator
@inline function total(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}

// The product, and where its parts lie.
let x: usize = 0, w: usize = 0, s: usize = 0, b: usize = 0, y: usize = 0;
let T: usize = 0, K: usize = 0, N: usize = 0;
let group: usize = 0, whole: usize = 0; // neighbours that share a scale; as many of them as are cut into fours
let scaled = false; // each sum is still to be multiplied by the scale of its row
let packed: usize = 0, block: usize = 0; // room for x, and for a block of w
let first: usize = 0; // row of that block

/** Where a row of w begins; one after the last is the last once more. */
// @ts-ignore: decorator
@inline function wAt<W>(n: usize): usize {
  return w + min(n, N - 1) * K * sizeof<W>();
}

/** What the weights of row n from k on are multiplied by first; where a row has one scale, its sums get that. */
// @ts-ignore: decorator
@inline function scaleOf<W>(n: usize, k: usize): v128 {
  if (sizeof<W>() == 4 || isSigned<W>()) return f32x4.splat(1);
  return v128.load32_splat(s + ((min(n, N - 1) * (K / group) + k / group) << 2));
}

/** Four neighbouring numbers as float32. */
// @ts-ignore: decorator
@inline function four<W>(at: usize, scale: v128): v128 {
  if (sizeof<W>() == 4) return v128.load(at);
  const numbers = i16x8.extend_low_i8x16_s(v128.load32_zero(at));
  const floats = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(numbers));
  return isSigned<W>() ? floats : f32x4.mul(floats, scale);
}

/** Rows of x for one tile, side by side: the first four numbers of each, then the next four of each. */
function packX(t: usize, rows: usize): void {
  const to = packed + ((t * K) << 2);
  for (let r: usize = 0; r < rows; r++) {
    const from = x + (((t + r) * K) << 2);
    for (let g: usize = 0; g < K; g += group) {
      for (let k = g, end = g + whole; k < end; k += 4) {
        v128.store(to + ((k * rows) << 2) + (r << 4), v128.load(from + (k << 2)));
      }
    }
  }
}

/** Two rows of w likewise, as float32. */
function packW<W>(n: usize): void {
  const to = block + (((n - first) * K) << 2);
  for (let r: usize = 0; r < 2; r++) {
    const from = wAt<W>(n + r);
    for (let g: usize = 0; g < K; g += group) {
      const scale = scaleOf<W>(n + r, g);
      for (let k = g, end = g + whole; k < end; k += 4) {
        v128.store(to + (k << 3) + (r << 4), four<W>(from + k * sizeof<W>(), scale));
      }
    }
  }
}

/** The sum of row t of x and row n of w is done. */
function put(t: usize, n: usize, sums: v128): void {
  n = min(n, N - 1);
  let sum = total(sums);
  if (scaled) sum *= load<f32>(s + (n << 2));
  if (b) sum += load<f32>(b + (n << 2));
  store<f32>(y + ((t * N + n) << 2), sum);
}

function tile1x4<W>(t: usize, n: usize): void {
  const from = packed + ((t * K) << 2);
  const w0 = wAt<W>(n), w1 = wAt<W>(n + 1), w2 = wAt<W>(n + 2), w3 = wAt<W>(n + 3);
  let a00 = f32x4.splat(0), a01 = a00, a02 = a00, a03 = a00;
  for (let g: usize = 0; g < K; g += group) {
    const q0 = scaleOf<W>(n, g), q1 = scaleOf<W>(n + 1, g), q2 = scaleOf<W>(n + 2, g), q3 = scaleOf<W>(n + 3, g);
    for (let k = g, end = g + whole; k < end; k += 4) {
      const v = from + (k << 2);
      const x0 = v128.load(v);
      let p = four<W>(w0 + k * sizeof<W>(), q0);
      a00 = madd(x0, p, a00);
      p = four<W>(w1 + k * sizeof<W>(), q1);
      a01 = madd(x0, p, a01);
      p = four<W>(w2 + k * sizeof<W>(), q2);
      a02 = madd(x0, p, a02);
      p = four<W>(w3 + k * sizeof<W>(), q3);
      a03 = madd(x0, p, a03);
    }
  }
  put(t, n, a00); put(t, n + 1, a01); put(t, n + 2, a02); put(t, n + 3, a03);
}

function tile2x4<W>(t: usize, n: usize): void {
  const from = packed + ((t * K) << 2);
  const w0 = wAt<W>(n), w1 = wAt<W>(n + 1), w2 = wAt<W>(n + 2), w3 = wAt<W>(n + 3);
  let a00 = f32x4.splat(0), a01 = a00, a02 = a00, a03 = a00, a10 = a00, a11 = a00, a12 = a00, a13 = a00;
  for (let g: usize = 0; g < K; g += group) {
    const q0 = scaleOf<W>(n, g), q1 = scaleOf<W>(n + 1, g), q2 = scaleOf<W>(n + 2, g), q3 = scaleOf<W>(n + 3, g);
    for (let k = g, end = g + whole; k < end; k += 4) {
      const v = from + (k << 3);
      const x0 = v128.load(v), x1 = v128.load(v, 16);
      let p = four<W>(w0 + k * sizeof<W>(), q0);
      a00 = madd(x0, p, a00); a10 = madd(x1, p, a10);
      p = four<W>(w1 + k * sizeof<W>(), q1);
      a01 = madd(x0, p, a01); a11 = madd(x1, p, a11);
      p = four<W>(w2 + k * sizeof<W>(), q2);
      a02 = madd(x0, p, a02); a12 = madd(x1, p, a12);
      p = four<W>(w3 + k * sizeof<W>(), q3);
      a03 = madd(x0, p, a03); a13 = madd(x1, p, a13);
    }
  }
  put(t, n, a00); put(t, n + 1, a01); put(t, n + 2, a02); put(t, n + 3, a03);
  put(t + 1, n, a10); put(t + 1, n + 1, a11); put(t + 1, n + 2, a12); put(t + 1, n + 3, a13);
}

function tile3x2<W>(t: usize, n: usize): void {
  const from = packed + ((t * K) << 2);
  const pairs = block + (((n - first) * K) << 2);
  const w0 = wAt<W>(n), w1 = wAt<W>(n + 1);
  let a00 = f32x4.splat(0), a01 = a00, a10 = a00, a11 = a00, a20 = a00, a21 = a00;
  for (let g: usize = 0; g < K; g += group) {
    const q0 = scaleOf<W>(n, g), q1 = scaleOf<W>(n + 1, g);
    for (let k = g, end = g + whole; k < end; k += 4) {
      const v = from + k * 12;
      const pair = pairs + (k << 3);
      const p0 = isPacked<W>() ? v128.load(pair) : four<W>(w0 + k * sizeof<W>(), q0);
      const p1 = isPacked<W>() ? v128.load(pair, 16) : four<W>(w1 + k * sizeof<W>(), q1);
      let x = v128.load(v);
      a00 = madd(x, p0, a00); a01 = madd(x, p1, a01);
      x = v128.load(v, 16);
      a10 = madd(x, p0, a10); a11 = madd(x, p1, a11);
      x = v128.load(v, 32);
      a20 = madd(x, p0, a20); a21 = madd(x, p1, a21);
    }
  }
  put(t, n, a00); put(t, n + 1, a01);
  put(t + 1, n, a10); put(t + 1, n + 1, a11);
  put(t + 2, n, a20); put(t + 2, n + 1, a21);
}

function tile4x2<W>(t: usize, n: usize): void {
  const from = packed + ((t * K) << 2);
  const pairs = block + (((n - first) * K) << 2);
  const w0 = wAt<W>(n), w1 = wAt<W>(n + 1);
  let a00 = f32x4.splat(0), a01 = a00, a10 = a00, a11 = a00, a20 = a00, a21 = a00, a30 = a00, a31 = a00;
  for (let g: usize = 0; g < K; g += group) {
    const q0 = scaleOf<W>(n, g), q1 = scaleOf<W>(n + 1, g);
    for (let k = g, end = g + whole; k < end; k += 4) {
      const v = from + (k << 4);
      const pair = pairs + (k << 3);
      const p0 = isPacked<W>() ? v128.load(pair) : four<W>(w0 + k * sizeof<W>(), q0);
      const p1 = isPacked<W>() ? v128.load(pair, 16) : four<W>(w1 + k * sizeof<W>(), q1);
      let x = v128.load(v);
      a00 = madd(x, p0, a00); a01 = madd(x, p1, a01);
      x = v128.load(v, 16);
      a10 = madd(x, p0, a10); a11 = madd(x, p1, a11);
      x = v128.load(v, 32);
      a20 = madd(x, p0, a20); a21 = madd(x, p1, a21);
      x = v128.load(v, 48);
      a30 = madd(x, p0, a30); a31 = madd(x, p1, a31);
    }
  }
  put(t, n, a00); put(t, n + 1, a01);
  put(t + 1, n, a10); put(t + 1, n + 1, a11);
  put(t + 2, n, a20); put(t + 2, n + 1, a21);
  put(t + 3, n, a30); put(t + 3, n + 1, a31);
}

/** How many rows of x the next tile has, of those that are left: threes where a four would leave one or two. */
function height(left: usize): usize {
  if (left <= 2) return left;
  return left == 3 || left == 5 || left == 6 || left == 9 ? 3 : 4;
}

/** One weight, with the scale that it gets before it is multiplied. */
// @ts-ignore: decorator
@inline function weight<W>(n: usize, k: usize): f32 {
  if (isFloat<W>()) return load<f32>(wAt<W>(n) + (k << 2));
  return <f32>load<i8>(wAt<W>(n) + k) * f32x4.extract_lane(scaleOf<W>(n, k), 0);
}

/** What the tiles leave out where fours do not fill a group: up to three products of each, one by one. */
function rest<W>(): void {
  for (let t: usize = 0; t < T; t++) {
    for (let n: usize = 0; n < N; n++) {
      let sum: f32 = 0;
      for (let g: usize = 0; g < K; g += group) {
        for (let k = g + whole; k < g + group; k++) sum += load<f32>(x + ((t * K + k) << 2)) * weight<W>(n, k);
      }
      if (scaled) sum *= load<f32>(s + (n << 2));
      const at = y + ((t * N + n) << 2);
      store<f32>(at, load<f32>(at) + sum);
    }
  }
}

/** A tile for all rows of the block, where its weights have been packed. */
function packedTiles(t: usize, rows: usize, end: usize): void {
  if (rows == 3) for (let n = first; n < end; n += 2) tile3x2<Packed>(t, n);
  else for (let n = first; n < end; n += 2) tile4x2<Packed>(t, n);
}

/** Likewise from the weights as they are. */
function tiles<W>(t: usize, rows: usize, end: usize): void {
  if (rows == 1) for (let n = first; n < end; n += 4) tile1x4<W>(t, n);
  else if (rows == 2) for (let n = first; n < end; n += 4) tile2x4<W>(t, n);
  else if (rows == 3) for (let n = first; n < end; n += 2) tile3x2<W>(t, n);
  else for (let n = first; n < end; n += 2) tile4x2<W>(t, n);
}

function multiply<W>(): void {
  for (let t: usize = 0, rows: usize = 0; t < T; t += rows) packX(t, (rows = height(T - t)));
  for (first = 0; first < N; first += BLOCK) {
    const end = min(first + BLOCK, N);
    if (T >= MANY) for (let n = first; n < end; n += 2) packW<W>(n);
    for (let t: usize = 0, rows: usize = 0; t < T; t += rows) {
      rows = height(T - t);
      if (T >= MANY) packedTiles(t, rows, end);
      else tiles<W>(t, rows, end);
    }
  }
  if (whole < group) rest<W>();
}

function take(xs: usize, ws: usize, ss: usize, bs: usize, ys: usize, t: usize, k: usize, n: usize, room: usize): void {
  x = xs, w = ws, s = ss, b = bs, y = ys, T = t, K = k, N = n;
  packed = room, block = room + ((t * k) << 2);
}

// `room` is that of (T + BLOCK) K float32.

/** w is float32. */
export function float32(
  x: usize, w: usize, b: usize, y: usize, T: usize, K: usize, N: usize, room: usize
): void {
  take(x, w, 0, b, y, T, K, N, room);
  group = K, whole = K & ~3, scaled = false;
  multiply<f32>();
}

/** w is int8 with a scale for each row, s (N). */
export function rows(
  x: usize, w: usize, s: usize, b: usize, y: usize, T: usize, K: usize, N: usize, room: usize
): void {
  take(x, w, s, b, y, T, K, N, room);
  group = K, whole = K & ~3, scaled = true;
  multiply<i8>();
}

/** w is int8 with a scale for every `size` neighbours, s (N, K / size). */
export function groups(
  x: usize, w: usize, s: usize, b: usize, y: usize, T: usize, K: usize, N: usize, room: usize, size: usize
): void {
  take(x, w, s, b, y, T, K, N, room);
  group = size, whole = size & ~3, scaled = false;
  multiply<Grouped>();
}
