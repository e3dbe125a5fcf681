import type { Origin } from './parsed-cluster.ts';

/** A path of the cluster file as seen from the working folder of the process. */
export function localPath(path: string, origin: Origin): string {
  if (path.startsWith('/')) return path;
  if (path.startsWith('~/')) return `${origin.home.replace(/\/+$/, '')}/${path.slice(2)}`;
  return `${folderOf(origin)}${path.replace(/^(?:\.\/)+/, '')}`;
}

/** Folder of the cluster file, with its slash; empty if that is the working folder. */
export function folderOf({ path }: Origin): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
