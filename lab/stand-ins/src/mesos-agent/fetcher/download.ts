import { createWriteStream } from 'node:fs';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { pipeline } from 'node:stream/promises';

export interface Download {
  readonly url: string;
  readonly file: string;
  /** Longest silence of the server. */
  readonly stallMs: number;
  readonly signal: AbortSignal;
}

const mostRedirects = 10;

/** Like libcurl in the real fetcher: follows redirects, and any other status than 200 in the end is a failure. */
export async function download(wish: Download, redirects = 0): Promise<void> {
  const response = await answer(wish).catch((fault: unknown) => {
    throw new Error(`Error downloading resource: ${textOf(fault)}`);
  });
  const { statusCode = 0, headers } = response;
  if (isRedirect(statusCode) && headers.location !== undefined && redirects < mostRedirects) {
    response.destroy();
    const url = new URL(headers.location, wish.url).href;
    await download({ ...wish, url }, redirects + 1);
    return;
  }
  if (statusCode !== 200) {
    response.destroy();
    throw new Error(`Error downloading resource, received HTTP return code ${statusCode}`);
  }
  await pipeline(response, createWriteStream(wish.file)).catch((fault: unknown) => {
    throw new Error(`Error downloading resource: ${textOf(fault)}`);
  });
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

function answer({ url, stallMs, signal }: Download): Promise<IncomingMessage> {
  const get = url.startsWith('https:') ? httpsGet : httpGet;
  return new Promise((resolve, reject) => {
    const request = get(url, { signal, agent: false }, resolve);
    request.setTimeout(stallMs, () => {
      request.destroy(new Error(`nothing received within ${stallMs} ms`));
    });
    request.on('error', reject);
  });
}

function textOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
