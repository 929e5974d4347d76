export default {
  base: './',
  esbuild: {jsx: 'automatic'},
  optimizeDeps: {exclude: ['gm-vae']}, // keeps the worker's script beside its module
};
