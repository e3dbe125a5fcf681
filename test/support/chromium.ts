import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** Debian's. Undefined where there is none. */
export const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);

const flags = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
  ...['--disable-dev-shm-usage', '--hide-scrollbars', '--remote-debugging-pipe'],
];

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

export interface Viewport {
  readonly width: number;
  readonly height: number;
  readonly scheme: 'light' | 'dark';
}

/** One page in a browser of its own, driven over a pipe by the DevTools protocol. */
export interface Browser extends AsyncDisposable {
  readonly open: (url: string, viewport: Viewport) => Promise<void>;
  /** Value of an expression, evaluated in the page. */
  readonly ask: <T>(expression: string) => Promise<T>;
  /** The whole page as PNG. */
  readonly picture: () => Promise<Buffer>;
  /** What the page asked the network for, and what it complained about. */
  readonly requests: readonly string[];
  readonly complaints: readonly string[];
}

export async function startChromium(program: string): Promise<Browser> {
  const folder = await mkdtemp(join(tmpdir(), 'chromium-'));
  const child = spawn(program, [...flags, `--user-data-dir=${folder}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const heard: Message[] = [];
  const send = talk(child, heard);
  const { targetInfos } = (await send('Target.getTargets')) as {
    targetInfos: { type: string; targetId: string }[];
  };
  const { targetId } = targetInfos.find(({ type }) => type === 'page')!;
  const attached = await send('Target.attachToTarget', { targetId, flatten: true });
  const { sessionId } = attached as { sessionId: string };
  const tell = (method: string, params: object = {}) => send(method, params, sessionId);
  for (const domain of ['Page', 'Network', 'Runtime', 'Log']) await tell(`${domain}.enable`);
  return {
    open: async (url, viewport) => {
      const { width, height, scheme } = viewport;
      const size = { width, height, deviceScaleFactor: 1, mobile: false };
      await tell('Emulation.setDeviceMetricsOverride', size);
      const features = [{ name: 'prefers-color-scheme', value: scheme }];
      await tell('Emulation.setEmulatedMedia', { features });
      const before = count(heard, 'Page.loadEventFired');
      await tell('Page.navigate', { url });
      await until(child, () => count(heard, 'Page.loadEventFired') > before);
    },
    ask: async <T>(expression: string) => {
      const answer = await tell('Runtime.evaluate', { expression, returnByValue: true });
      return (answer as { result: { value: T } }).result.value;
    },
    picture: async () => {
      const answer = await tell('Page.captureScreenshot', { captureBeyondViewport: true });
      return Buffer.from((answer as { data: string }).data, 'base64');
    },
    get requests() {
      const sent = heard.filter(({ method }) => method === 'Network.requestWillBeSent');
      return sent.map(({ params }) => (params as { request: { url: string } }).request.url);
    },
    get complaints() {
      const kinds = ['Log.entryAdded', 'Runtime.exceptionThrown', 'Runtime.consoleAPICalled'];
      return heard
        .filter(({ method = '' }) => kinds.includes(method))
        .map((one) => JSON.stringify(one));
    },
    [Symbol.asyncDispose]: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Messages end in a NUL, both ways. */
function talk(child: ChildProcess, heard: Message[]) {
  const [, , , input, output] = child.stdio as unknown as [null, null, null, Writable, Readable];
  let rest = '';
  output.setEncoding('utf8');
  output.on('data', (text: string) => {
    const parts = (rest + text).split('\0');
    rest = parts.pop() ?? '';
    heard.push(...parts.map((part) => JSON.parse(part) as Message));
  });
  let last = 0;
  return async (method: string, params: object = {}, sessionId?: string): Promise<unknown> => {
    last += 1;
    const id = last;
    input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    await until(child, () => heard.some((message) => message.id === id));
    const { result, error } = heard.find((message) => message.id === id)!;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  };
}

function count(heard: readonly Message[], method: string): number {
  return heard.filter((message) => message.method === method).length;
}

async function until(child: ChildProcess, isSo: () => boolean): Promise<void> {
  for (let round = 0; round < 2000; round += 1) {
    if (isSo()) return;
    if (child.exitCode !== null) throw new Error(`chromium ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('chromium did not answer within 40 s');
}
