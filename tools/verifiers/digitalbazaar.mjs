// Badges as JSON, judged by Digital Bazaar's library.
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {checkStatus as checkLists} from '@digitalbazaar/vc-bitstring-status-list';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {driver} from '@digitalbazaar/did-method-web';
import {defaultDocumentLoader, verifyCredential} from '@digitalbazaar/vc';
import {sentence} from './world.mjs';

const suite = new DataIntegrityProof({cryptosuite});
const dids = driver();
dids.use({multibaseMultikeyHeader: 'z6Mk', fromMultibase: Ed25519Multikey.from});

/** Return the DID document, or the key in it that the address names. */
export const resolve = url => dids.get({url});

async function documentLoader(url) {
  if(url.startsWith('did:')) {
    return {contextUrl: null, documentUrl: url, document: await resolve(url)};
  }
  try {
    return await defaultDocumentLoader(url);
  } catch {
    const answer = await fetch(url);
    if(!answer.ok) {
      throw new Error(`${url} answered ${answer.status}`);
    }
    return {contextUrl: null, documentUrl: url, document: await answer.json()};
  }
}

/** Look a badge up in its status lists, which are verified themselves. */
export const statusResult = credential => checkLists({credential, documentLoader, suite});

/** Read a result of the lists: the library calls a revoked badge verified and says so inside. */
export function readStatus(result) {
  if(!result) {
    return {status: null, error: null};
  }
  if(!result.verified) {
    return {status: 'unknown', error: sentence(result.error ?? 'the list was not verified')};
  }
  const revoked = result.results.some(one => one.status);
  return revoked ? {status: 'revoked', error: 'revoked'} : {status: 'valid', error: null};
}

export async function verify(credential) {
  const checkStatus = options => checkLists(options);
  const result = await verifyCredential({credential, suite, documentLoader, checkStatus});
  const {status, error} = readStatus(result.statusResult);
  const why = result.error ? sentence(result.error) : error;
  const verified = result.verified && status !== 'revoked' && status !== 'unknown';
  return {verified, status, error: why ?? (verified ? null : 'not verified')};
}
