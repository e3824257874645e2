// Badges as JSON, judged by the Digital Credentials Consortium's engine; runs as a worker.
import {parentPort} from 'node:worker_threads';
import {verifyCredential} from '@digitalcredentials/verifier-core';
import {openOnly, sentence, setClock} from './world.mjs';

const NEEDED = ['valid_signature', 'expiration'];

function readStatus(credential, step, failed) {
  if(!credential.credentialStatus || (!step && failed)) {
    return {status: null, error: null};
  }
  if(!step || step.error) {
    return {status: 'unknown', error: sentence(step?.error ?? 'the list was not looked at')};
  }
  return step.valid ? {status: 'valid', error: null} : {status: 'revoked', error: 'revoked'};
}

function readSchema(information = []) {
  const {results} = information.find(({id}) => id === 'schema_check') ?? {};
  return Array.isArray(results) ? results.every(one => one.result.valid) : null;
}

async function verify(credential) {
  const answer = await verifyCredential({credential, knownDIDRegistries: []});
  if(answer.errors?.length) {
    return {verified: false, status: null, error: answer.errors.map(sentence).join('; ')};
  }
  const step = id => answer.log.find(entry => entry.id === id);
  const failed = NEEDED.filter(id => !step(id)?.valid);
  const why = failed.length > 0 ? `failed: ${failed.join(', ')}` : null;
  const {status, error} = readStatus(credential, step('revocation_status'), why);
  const schema = readSchema(answer.additionalInformation);
  return {verified: (why ?? error) === null, status, error: why ?? error, schema};
}

parentPort.on('message', async ({credential, world, now}) => {
  openOnly(world);
  setClock(now);
  parentPort.postMessage(await verify(credential));
});
