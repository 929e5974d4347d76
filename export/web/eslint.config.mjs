// npm run lint: what tsc does not find in the page and in its tests. Run from the repository's root.

import js from '@eslint/js';
import hooks from 'eslint-plugin-react-hooks';
import globals from 'globals';

export default [
  {ignores: ['**/dist/', '**/.dist/', '**/generated/']},
  js.configs.recommended,
  {
    languageOptions: {
      parserOptions: {ecmaFeatures: {jsx: true}},
      globals: {...globals.browser, ...globals.node},
    },
    rules: {
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': ['error', {destructuring: 'all'}],
    },
  },
  {
    files: ['export/web/src/**', 'packages/engine/src/**'],
    plugins: {'react-hooks': hooks},
    rules: {
      'max-lines-per-function': ['error', {max: 50}],
      'no-unused-vars': 'off', // tsc finds them, and knows JSX
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
    },
  },
];
