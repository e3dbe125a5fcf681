import { stat } from 'node:fs/promises';

/**
 * Reads and understands each file once, however many hosts name it, until it changes on disk.
 */
export function cacheByFile<T>(read: (path: string) => Promise<T>): (path: string) => Promise<T> {
  const known = new Map<string, { readonly stamp: string; readonly value: Promise<T> }>();
  return async (path) => {
    const stamp = await stampOf(path);
    const found = known.get(path);
    if (found?.stamp === stamp) return await found.value;
    const value = read(path);
    known.set(path, { stamp, value });
    return await value;
  };
}

async function stampOf(path: string): Promise<string> {
  try {
    const { mtimeMs, ctimeMs, size } = await stat(path);
    return [mtimeMs, ctimeMs, size].join();
  } catch {
    return 'unreadable';
  }
}
