// Badges as a signed token, judged by jose; the key comes from the issuer's DID document alone.
import {decodeJwt, decodeProtectedHeader, importJWK, jwtVerify} from 'jose';
import {readStatus, resolve, statusResult} from './digitalbazaar.mjs';

// What 1EdTech's certification takes.
const algorithms = ['RS256', 'ES256'];

async function keyOf(header, issuer) {
  if(!header.kid?.startsWith(`${issuer}#`)) {
    throw new Error(`the token's key is not one of ${issuer}`);
  }
  const document = await resolve(issuer);
  const found = document.verificationMethod.find(({id}) => id === header.kid);
  if(!found?.publicKeyJwk || !document.assertionMethod.includes(header.kid)) {
    throw new Error(`${issuer} does not sign with ${header.kid}`);
  }
  return importJWK(found.publicKeyJwk, header.alg);
}

export async function verify(token) {
  const claimed = decodeJwt(token);
  const issuer = claimed.issuer?.id ?? claimed.issuer;
  const key = await keyOf(decodeProtectedHeader(token), issuer);
  const subject = claimed.credentialSubject.id;
  const {payload} = await jwtVerify(token, key, {algorithms, issuer, subject});
  if(payload.jti !== payload.id) {
    throw new Error('the token is not about the badge inside');
  }
  const result = payload.credentialStatus ? await statusResult(payload) : null;
  const {status, error} = readStatus(result);
  return {verified: error === null, status, error};
}
