// The little that a verifier may see of the world: the issuer's site, and documents handed in.
import {readFile} from 'node:fs/promises';

const overNetwork = globalThis.fetch;
const RealDate = globalThis.Date;
const JSON_TYPE = {'content-type': 'application/json'};

// Answered, not thrown: the libraries would try a broken line again for seconds.
const refuse = url => new Response(`outside the issuer's site: ${url}`, {status: 403});

/**
 * Let no request leave but those for the issuer's host, and send these to where it listens.
 *
 * Every library asks `did:web` by https, as it must; whoever listens on loopback speaks http.
 */
export function openOnly({base, at = base, documents}) {
  const issuer = new URL(base);
  globalThis.fetch = async request => {
    const url = new URL(request instanceof Request ? request.url : request);
    if(documents[url.href]) {
      return new Response(await readFile(documents[url.href]), {headers: JSON_TYPE});
    }
    if(url.host !== issuer.host) {
      return refuse(url);
    }
    const {headers} = request;
    return overNetwork(new URL(url.pathname + url.search, at), {headers, redirect: 'manual'});
  };
}

/** Let the libraries read another clock; none of them lets a caller say the time for everything. */
export function setClock(now) {
  if(!now) {
    globalThis.Date = RealDate;
    return;
  }
  const ahead = RealDate.parse(now) - RealDate.now();
  globalThis.Date = class extends RealDate {
    constructor(...parts) {
      super(...(parts.length > 0 ? parts : [RealDate.now() + ahead]));
    }

    static now() {
      return RealDate.now() + ahead;
    }
  };
}

/** Return what an error says, with the errors it was made from. */
export function sentence(error) {
  const causes = error?.cause instanceof Error ? [error.cause] : [];
  const inner = [...(error?.errors ?? []), ...causes].map(sentence);
  return [...new Set([error?.message ?? String(error), ...inner])].join('; ');
}
