// Reads one question a line, answers one line: {verified, status, error, schema}.
import {Console} from 'node:console';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {Worker} from 'node:worker_threads';
import * as digitalbazaar from './digitalbazaar.mjs';
import * as jose from './jose.mjs';
import {openOnly, sentence, setClock} from './world.mjs';

// Libraries print what they think of a badge; the answers must stay alone.
globalThis.console = new Console(process.stderr);

const documents = JSON.parse(process.argv[2] ?? '{}');
const didDocuments = new Map();
let worker = null;

/** Return the worker of the engine that remembers keys for seconds, afresh where keys changed. */
async function dccWorker(base) {
  const {pathname} = new URL(base);
  const path = pathname === '/' ? '/.well-known/did.json' : `${pathname}/did.json`;
  const answer = await fetch(new URL(path, base));
  const text = await answer.text();
  if(worker && didDocuments.has(base) && didDocuments.get(base) !== text) {
    await worker.terminate();
    didDocuments.clear();
    worker = null;
  }
  didDocuments.set(base, text);
  worker ??= startWorker();
  return worker;
}

function startWorker() {
  const made = new Worker(new URL('dcc.mjs', import.meta.url), {stdout: true});
  made.once('exit', () => {
    worker = worker === made ? null : worker;
  });
  return made;
}

async function askDcc(credential, world, now) {
  const asked = await dccWorker(world.base);
  asked.postMessage({credential, world, now});
  const [said] = await once(asked, 'message');
  return said;
}

const VERIFIERS = {digitalbazaar: digitalbazaar.verify, jose: jose.verify, dcc: askDcc};

async function answer({verifier, credential, base, at, now}) {
  const world = {base, at, documents};
  try {
    openOnly(world);
    setClock(now);
    return await VERIFIERS[verifier](credential, world, now);
  } catch(error) {
    return {verified: false, status: null, error: sentence(error)};
  } finally {
    setClock(null);
  }
}

process.stdout.write('ready\n');
for await (const line of createInterface({input: process.stdin})) {
  const said = await answer(JSON.parse(line));
  process.stdout.write(`${JSON.stringify({schema: null, ...said})}\n`);
}
process.exit(0);
