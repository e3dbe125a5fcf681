import type { Uri } from '../../shared/mesos.ts';

/** Rules and words of src/slave/containerizer/fetcher.cpp (1.11). */
class UriError extends Error {
  override readonly name = 'UriError';
}

/** All are looked at before anything is fetched. */
export function checkUris(uris: readonly Uri[]): void {
  for (const { value, output_file: output } of uris) {
    fileNameOf(value);
    if (output !== undefined && leavesSandbox(output)) {
      throw new UriError('URI output file must be within the sandbox directory');
    }
  }
}

function leavesSandbox(path: string): boolean {
  return path.startsWith('/') || path.split('/').includes('..');
}

/** Where it lands in the sandbox. */
export function targetOf({ value, output_file: output }: Uri): string {
  return output ?? fileNameOf(value);
}

/** URIs are treated like file paths: what follows a `?` stays in the name. */
function fileNameOf(uri: string): string {
  if (/[\\'\0]/.test(uri)) throw new UriError('Illegal characters in URI');
  const scheme = uri.indexOf('://');
  const path = scheme > 1 ? uri.slice(scheme + 3) : uri;
  if (scheme > 1 && !/\/./.test(path)) throw new UriError(`Malformed URI (missing path): ${uri}`);
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `undefined`: not a file of this machine. */
export function localPathOf(uri: string): string | undefined {
  const isFileUri = uri.startsWith('file://');
  if (!isFileUri && uri.includes('://')) return undefined;
  const path = uri.replace(/^file:\/\/(localhost)?/, '');
  if (path.startsWith('/')) return path;
  if (isFileUri) throw new UriError('File URI only supports absolute paths');
  throw new UriError(
    'A relative path was passed for the resource but the Mesos framework home was not specified. Please either provide this config option or avoid using a relative path',
  );
}

export function isWebUri(uri: string): boolean {
  return uri.startsWith('http://') || uri.startsWith('https://');
}
