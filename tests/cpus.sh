#!/bin/sh
# Runs tests as other processors would compute them, one run after another: TensorFlow with and
# without oneDNN, on one thread and on two, NumPy's products with AVX2 and with AVX-512 where there
# is any, and last with all values moved by two units in the last place (tests/support/closeness.py).
#
#   sh tests/cpus.sh [FILE...]     the tests that compare floats or tokens, if none is named

cd "$(dirname "$0")/.." || exit 1
[ $# -gt 0 ] || set -- $(grep -rlE 'closeness|near_ties' tests --include='test_*.py') tests/generate
kernels=Haswell
grep -qs avx512f /proc/cpuinfo && kernels="Haswell SkylakeX"
failed=""

run() {
  settings=$1
  shift
  echo "== $settings"
  env $settings "${PYTHON:-.venv/bin/python}" -m pytest -n 2 --dist loadfile "$@" || failed="$failed
  $settings"
}

for onednn in 0 1; do
  for threads in 1 2; do
    for kernel in $kernels; do
      run "OPENBLAS_CORETYPE=$kernel OPENBLAS_NUM_THREADS=$threads OMP_NUM_THREADS=$threads \
        TF_NUM_INTRAOP_THREADS=$threads TF_NUM_INTEROP_THREADS=$threads \
        TF_ENABLE_ONEDNN_OPTS=$onednn" "$@"
    done
  done
done
run GM_VAE_PERTURB=2 "$@"
[ -z "$failed" ] || { echo "failed with:$failed"; exit 1; }
