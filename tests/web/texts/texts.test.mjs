/** The page's languages have the same texts, and no component has texts of its own. */

import assert from 'node:assert/strict';
import {readFile, readdir} from 'node:fs/promises';
import {createRequire} from 'node:module';
import path from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';

import german from '../../../export/web/src/texts/de.js';
import english from '../../../export/web/src/texts/en.js';
import {germanOf} from '../../../export/web/src/texts/engine_de.js';
import {ATTRIBUTES, MIDI} from '../../../packages/engine/src/generated/tables.js';

const require = createRequire(new URL('../../../export/web/package.json', import.meta.url));
const espree = require('espree');

const PAGE = fileURLToPath(new URL('../../../export/web/src/', import.meta.url));
const ENGINE = fileURLToPath(new URL('../../../packages/engine/src/', import.meta.url));
const READ = /^(aria-(label|valuetext|description|roledescription)|title|alt|placeholder|label)$/;
const SAME = new Set(['Tempo', 'Pause', 'Solo', 'Drums']); // in both languages
const NAMES = /^(instruments|families|drumSounds|styles\.names|chords\.examples)\./; // some are the same, too

/** Path of keys -> value, for each value that is not an object. */
function leaves(value, name = '') {
  if (typeof value !== 'object') return [[name, value]];
  return Object.entries(value).flatMap(([key, each]) => leaves(each, name ? `${name}.${key}` : key));
}

/** Which of its arguments a function says: a word, a number, or several words each. */
function said(say) {
  const marks = ['density', 7301, 'Zzyx', 7303].slice(0, say.length);
  const words = [7300, 'Yzzx', 7302].slice(0, say.length);
  return [marks, words].map((given) => {
    let text;
    try {
      text = say(...given);
    } catch {
      text = say(...given.map((each) => [each])); // a list
    }
    return given.map((each) => text.includes(each));
  });
}

test('the languages have the same keys and say the same values', () => {
  const [own, other] = [leaves(english), leaves(german)];
  assert.deepEqual(other.map(([key]) => key), own.map(([key]) => key));
  own.forEach(([key, value], i) => {
    const [, translated] = other[i];
    assert.equal(typeof translated, typeof value, key);
    if (typeof value !== 'function' || ['midi.flaw', 'ofEngine'].includes(key)) return;
    assert.equal(translated.length, value.length, key);
    if (key.startsWith('character.')) return; // they say names of their own
    const [one, two] = [said(value), said(translated)];
    assert.ok(one.flat().some(Boolean), `${key} says nothing of what it is about`);
    assert.deepEqual(two, one, key);
  });
});

test('what can be said of damage and of attributes is said in German', () => {
  for (const kind of Object.keys(MIDI.flaws)) {
    for (const count of [1, 2]) {
      assert.notEqual(german.midi.flaw(kind, count), english.midi.flaw(kind, count));
      assert.match(german.midi.flaw(kind, count), new RegExp(`^${count} [A-ZÄÖÜ]`));
    }
    assert.notEqual(german.midi.flaw(kind, 1), german.midi.flaw(kind, 2).replace('2', '1'));
  }
  for (const name of Object.keys(ATTRIBUTES.scales)) {
    assert.notEqual(german.character.name(name), name);
    assert.doesNotMatch(german.character.scale(name), new RegExp(`^${name}`));
  }
});

test('no text is left in English', () => {
  const other = new Map(leaves(german));
  const left = leaves(english).filter(([key, value]) => !NAMES.test(key) &&
    typeof value === 'string' && /[a-z]{3}/.test(value) && value === other.get(key));
  assert.deepEqual(new Set(left.map(([, value]) => value)), SAME);
});

/** The modules below a folder. */
async function modulesIn(folder) {
  const names = await readdir(folder, {recursive: true});
  return Promise.all(names.filter((name) => /\.jsx?$/.test(name)).map(async (name) => {
    const text = await readFile(path.join(folder, name), 'utf8');
    const tree = espree.parse(text, {
      ecmaVersion: 'latest', sourceType: 'module', ecmaFeatures: {jsx: true},
    });
    return {name, tree};
  }));
}

/** Calls visit(node, its ancestors) for each node of a syntax tree. */
function walk(node, visit, above = []) {
  if (visit(node, above) === false) return;
  for (const child of Object.values(node).flat()) {
    if (child && typeof child.type === 'string') walk(child, visit, [...above, node]);
  }
}

/** The text of a literal, null for other nodes; what is filled in is missing. */
function textOf(node) {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node.type === 'JSXText') return node.value;
  if (node.type === 'TemplateLiteral') return node.quasis.map(({value}) => value.cooked).join('');
  if (node.type !== 'BinaryExpression' || node.operator !== '+') return null;
  const [left, right] = [textOf(node.left), textOf(node.right)];
  return left === null && right === null ? null : (left ?? '') + (right ?? '');
}

/** Texts that people would read, of a module of the page. */
function wordsIn(tree) {
  const found = [];
  walk(tree, (node, above) => {
    if (node.type === 'ImportDeclaration') return false;
    if (node.type === 'JSXAttribute' && ['class', 'd', 'aria-describedby'].includes(node.name.name)) return false;
    const text = textOf(node);
    if (text === null) return true;
    const around = above.findLast(({type}) => /^JSX(Attribute|Element|Fragment)$/.test(type));
    const attribute = around?.type === 'JSXAttribute' ? around.name.name : '';
    const call = above.at(-1)?.type === 'CallExpression' ? above.at(-1).callee.property?.name : '';
    const isRead = node.type === 'JSXText' || READ.test(attribute) || call === 'say';
    const isSentence = /[A-Za-z]{2,},? [a-z]{2,}/.test(text) && !/^[(.]|px |[<>[\]:]/.test(text);
    const isHeading = /^[A-Z][a-z]{2,} /.test(text);
    if ((isRead && /[A-Za-z]{2,}/.test(text)) || isSentence || isHeading) found.push(text.trim());
    return false;
  });
  return found;
}

test('the page has no words outside of its texts', async () => {
  const modules = (await modulesIn(PAGE)).filter(({name}) => !name.startsWith('texts'));
  assert.ok(modules.length > 50);
  const left = modules.flatMap(({name, tree}) => wordsIn(tree).map((text) => `${name}: ${text}`));
  assert.deepEqual(left.sort(), ['view/header.jsx: GM-VAE', 'view/hooks.js: not all']); // a media query
  // it finds what it looks for
  const planted = 'const a = <p title={x ? "Loud" : `${y} loud`}>Play it <b class="so loud">!</b></p>;' +
    'studio.say("No."); const why = `The file ${name} is ` + "lost here";';
  const tree = espree.parse(planted, {ecmaVersion: 'latest', sourceType: 'module', ecmaFeatures: {jsx: true}});
  assert.deepEqual(wordsIn(tree), ['Loud', 'loud', 'Play it', 'No.', 'The file  is lost here']);
});

test('all that the engine says has a German sentence', async () => {
  const modules = (await modulesIn(ENGINE)).filter(({name}) => /^(engine|music)\//.test(name));
  const sentences = modules.flatMap(({tree}) => {
    const found = [];
    walk(tree, (node) => {
      const text = textOf(node);
      if (text === null) return true;
      if (/[A-Za-z]{2,},? [a-z]{2,} [a-z]/.test(text)) found.push(text);
      return false;
    });
    return found;
  });
  assert.ok(sentences.length > 50, `${sentences.length}`);
  const unknown = sentences.filter((sentence) => germanOf(sentence) === sentence);
  assert.deepEqual(unknown, []);
  assert.equal(germanOf('“Hm” is not a chord. The German H is B in English. Write a root A–G and a ' +
    'kind: C, F#m, Bb7, G+, Bdim, or N.C. for no chord.'),
  '„Hm“ ist kein Akkord. Das deutsche H heißt hier B, das deutsche B heißt Bb. Ein Akkord hat einen ' +
    'Grundton A–G und eine Art: C, F#m, Bb7, G+, Bdim; N.C. heißt „kein Akkord“.');
  assert.equal(germanOf('it has fewer than 2 instruments'), 'er hat weniger als 2 Instrumente');
  assert.equal(germanOf('“%%” repeats two measures before it, which the line lacks. Write the chords ' +
    'instead.'), '„%%“ wiederholt zwei Takte davor, aber davor steht nichts. Stattdessen gehören die ' +
    'Akkorde dorthin.');
});
