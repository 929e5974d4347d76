'use strict';
// node encode.js FOLDER REQUESTS.json
//
// Encodes each {noteSequence, chord} of an array (chord null or absent without chords).
// Prints [{tokens: [T][up to E], mu: [Z]}]; the client itself quantises nothing.

const {NoteSequence, readJson, run, tf, withModel} = require('./client');

run((folder, requestsFile) => withModel(folder, async (model) => {
  const {numSegments, endToken} = model.dataConverter;
  const results = [];
  for (const {noteSequence, chord} of readJson(requestsFile)) {
    // not `fromObject`, whose 64-bit steps the client cannot count with
    const sequence = NoteSequence.create(noteSequence);
    const controls = chord ? {chordProgression: [chord]} : undefined;
    // One at a time: the client refuses a batch of measures with tracks of varied length.
    const mu = await model.encode([sequence], controls);
    const rows = await model.dataConverter.toTensor(sequence).argMax(-1).reshape([numSegments, -1]).array();
    results.push({
      tokens: rows.map((row) => row.slice(0, row.indexOf(endToken) + 1)),
      mu: (await mu.array())[0],
    });
  }
  return results;
}));
