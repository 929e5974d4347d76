;; The inner loops of the network in 32-bit floats, four numbers per instruction.
;;
;; accumulate: C += A B. A is [m, k], row by row, with m a multiple of 4. B is [k, n] in panels of 8 columns, [n/8, k, 8],
;; so that it is read from front to back. C is [m, n], row by row. All begin at multiples of 16.
;; A block of 4 x 8 sums stays in registers while k runs.
;;
;; cells: one step of LSTM cells from their gates, [rows, 4 units] as i, j, f, o. The cell states are
;; [rows, units] with units a multiple of 4, changed in place; h goes to rows `stride` bytes apart.
(module
  (memory (export "memory") 1)
  (func (export "accumulate")
    (param $a i32) (param $b i32) (param $c i32) (param $m i32) (param $k i32) (param $n i32)
    (local $panel i32) (local $panels i32) (local $row i32) (local $i i32)
    (local $a0 i32) (local $a1 i32) (local $a2 i32) (local $a3 i32)
    (local $c0 i32) (local $c1 i32) (local $c2 i32) (local $c3 i32)
    (local $p i32) (local $x v128)
    (local $b0 v128) (local $b1 v128)
    (local $s00 v128) (local $s01 v128) (local $s10 v128) (local $s11 v128)
    (local $s20 v128) (local $s21 v128) (local $s30 v128) (local $s31 v128)
    (local.set $panels (i32.shr_u (local.get $n) (i32.const 3)))
    (loop $each_panel
      (local.set $row (i32.const 0))
      (loop $each_block
        (local.set $a0 (i32.add (local.get $a)
          (i32.shl (i32.mul (local.get $row) (local.get $k)) (i32.const 2))))
        (local.set $a1 (i32.add (local.get $a0) (i32.shl (local.get $k) (i32.const 2))))
        (local.set $a2 (i32.add (local.get $a1) (i32.shl (local.get $k) (i32.const 2))))
        (local.set $a3 (i32.add (local.get $a2) (i32.shl (local.get $k) (i32.const 2))))
        (local.set $c0 (i32.add (i32.add (local.get $c) (i32.shl (local.get $panel) (i32.const 5)))
          (i32.shl (i32.mul (local.get $row) (local.get $n)) (i32.const 2))))
        (local.set $c1 (i32.add (local.get $c0) (i32.shl (local.get $n) (i32.const 2))))
        (local.set $c2 (i32.add (local.get $c1) (i32.shl (local.get $n) (i32.const 2))))
        (local.set $c3 (i32.add (local.get $c2) (i32.shl (local.get $n) (i32.const 2))))
        (local.set $s00 (v128.load (local.get $c0)))
        (local.set $s01 (v128.load offset=16 (local.get $c0)))
        (local.set $s10 (v128.load (local.get $c1)))
        (local.set $s11 (v128.load offset=16 (local.get $c1)))
        (local.set $s20 (v128.load (local.get $c2)))
        (local.set $s21 (v128.load offset=16 (local.get $c2)))
        (local.set $s30 (v128.load (local.get $c3)))
        (local.set $s31 (v128.load offset=16 (local.get $c3)))
        (local.set $p (i32.add (local.get $b)
          (i32.shl (i32.mul (local.get $panel) (local.get $k)) (i32.const 5))))
        (local.set $i (local.get $k))
        (loop $each_k
          (local.set $b0 (v128.load (local.get $p)))
          (local.set $b1 (v128.load offset=16 (local.get $p)))
          (local.set $x (v128.load32_splat (local.get $a0)))
          (local.set $s00 (f32x4.add (local.get $s00) (f32x4.mul (local.get $x) (local.get $b0))))
          (local.set $s01 (f32x4.add (local.get $s01) (f32x4.mul (local.get $x) (local.get $b1))))
          (local.set $x (v128.load32_splat (local.get $a1)))
          (local.set $s10 (f32x4.add (local.get $s10) (f32x4.mul (local.get $x) (local.get $b0))))
          (local.set $s11 (f32x4.add (local.get $s11) (f32x4.mul (local.get $x) (local.get $b1))))
          (local.set $x (v128.load32_splat (local.get $a2)))
          (local.set $s20 (f32x4.add (local.get $s20) (f32x4.mul (local.get $x) (local.get $b0))))
          (local.set $s21 (f32x4.add (local.get $s21) (f32x4.mul (local.get $x) (local.get $b1))))
          (local.set $x (v128.load32_splat (local.get $a3)))
          (local.set $s30 (f32x4.add (local.get $s30) (f32x4.mul (local.get $x) (local.get $b0))))
          (local.set $s31 (f32x4.add (local.get $s31) (f32x4.mul (local.get $x) (local.get $b1))))
          (local.set $p (i32.add (local.get $p) (i32.const 32)))
          (local.set $a0 (i32.add (local.get $a0) (i32.const 4)))
          (local.set $a1 (i32.add (local.get $a1) (i32.const 4)))
          (local.set $a2 (i32.add (local.get $a2) (i32.const 4)))
          (local.set $a3 (i32.add (local.get $a3) (i32.const 4)))
          (br_if $each_k (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
        (v128.store (local.get $c0) (local.get $s00))
        (v128.store offset=16 (local.get $c0) (local.get $s01))
        (v128.store (local.get $c1) (local.get $s10))
        (v128.store offset=16 (local.get $c1) (local.get $s11))
        (v128.store (local.get $c2) (local.get $s20))
        (v128.store offset=16 (local.get $c2) (local.get $s21))
        (v128.store (local.get $c3) (local.get $s30))
        (v128.store offset=16 (local.get $c3) (local.get $s31))
        (br_if $each_block (i32.lt_u
          (local.tee $row (i32.add (local.get $row) (i32.const 4))) (local.get $m))))
      (br_if $each_panel (i32.lt_u
        (local.tee $panel (i32.add (local.get $panel) (i32.const 1))) (local.get $panels)))))

  ;; 1 / (1 + e^-x), to 2e-7. e^y = 2^n e^r with |r| <= ln(2) / 2, e^r by its series.
  (func $sigmoid (param $x v128) (result v128)
    (local $n v128) (local $r v128) (local $e v128)
    (local.set $x (f32x4.neg (f32x4.max (f32x4.min (local.get $x)
      (f32x4.splat (f32.const 80))) (f32x4.splat (f32.const -80)))))
    (local.set $n (f32x4.nearest (f32x4.mul (local.get $x)
      (f32x4.splat (f32.const 1.44269504)))))
    ;; ln(2) in two parts, to keep the precision of the remainder
    (local.set $r (f32x4.sub (f32x4.sub (local.get $x)
      (f32x4.mul (local.get $n) (f32x4.splat (f32.const 0.693145752))))
      (f32x4.mul (local.get $n) (f32x4.splat (f32.const 1.42860677e-6)))))
    (local.set $e (f32x4.splat (f32.const 0.00138888889)))
    (local.set $e (f32x4.add (f32x4.mul (local.get $e) (local.get $r))
      (f32x4.splat (f32.const 0.00833333333))))
    (local.set $e (f32x4.add (f32x4.mul (local.get $e) (local.get $r))
      (f32x4.splat (f32.const 0.0416666667))))
    (local.set $e (f32x4.add (f32x4.mul (local.get $e) (local.get $r))
      (f32x4.splat (f32.const 0.166666667))))
    (local.set $e (f32x4.add (f32x4.mul (local.get $e) (local.get $r))
      (f32x4.splat (f32.const 0.5))))
    (local.set $e (f32x4.add (f32x4.mul (local.get $e) (local.get $r))
      (f32x4.splat (f32.const 1))))
    (local.set $e (f32x4.add (f32x4.mul (local.get $e) (local.get $r))
      (f32x4.splat (f32.const 1))))
    ;; times 2^n: n is shifted into the exponent bits
    (local.set $e (f32x4.mul (local.get $e) (i32x4.shl (i32x4.add
      (i32x4.trunc_sat_f32x4_s (local.get $n)) (i32x4.splat (i32.const 127))) (i32.const 23))))
    (f32x4.div (f32x4.splat (f32.const 1))
      (f32x4.add (f32x4.splat (f32.const 1)) (local.get $e))))

  ;; 2 sigmoid(2x) - 1
  (func $tanh (param $x v128) (result v128)
    (local.set $x (call $sigmoid (f32x4.add (local.get $x) (local.get $x))))
    (f32x4.sub (f32x4.add (local.get $x) (local.get $x)) (f32x4.splat (f32.const 1))))

  (func (export "cells")
    (param $gates i32) (param $cells i32) (param $h i32)
    (param $rows i32) (param $units i32) (param $stride i32)
    (local $bytes i32) (local $i i32) (local $out i32) (local $c v128)
    (local.set $bytes (i32.shl (local.get $units) (i32.const 2)))
    (loop $each_row
      (local.set $i (local.get $bytes))
      (local.set $out (local.get $h))
      (loop $each_unit
        (local.set $c (f32x4.add
          (f32x4.mul
            (v128.load (local.get $cells))
            ;; the forget bias of 1 is added here and is not part of the stored bias
            (call $sigmoid (f32x4.add (f32x4.splat (f32.const 1)) (v128.load
              (i32.add (local.get $gates) (i32.shl (local.get $bytes) (i32.const 1)))))))
          (f32x4.mul
            (call $sigmoid (v128.load (local.get $gates)))
            (call $tanh (v128.load (i32.add (local.get $gates) (local.get $bytes)))))))
        (v128.store (local.get $cells) (local.get $c))
        (v128.store (local.get $out) (f32x4.mul
          (call $tanh (local.get $c))
          (call $sigmoid (v128.load (i32.add (local.get $gates)
            (i32.mul (local.get $bytes) (i32.const 3)))))))
        (local.set $gates (i32.add (local.get $gates) (i32.const 16)))
        (local.set $cells (i32.add (local.get $cells) (i32.const 16)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (br_if $each_unit (local.tee $i (i32.sub (local.get $i) (i32.const 16)))))
      (local.set $gates (i32.add (local.get $gates) (i32.mul (local.get $bytes) (i32.const 3))))
      (local.set $h (i32.add (local.get $h) (local.get $stride)))
      (br_if $each_row (local.tee $rows (i32.sub (local.get $rows) (i32.const 1)))))))
