/** Where records of runs of one cluster are: by its name and the random part of its identity. */
export function recordFolder(cluster: string, clusterId: string): string {
  return `${cluster}-${clusterId.replaceAll(/[^0-9a-z]/g, '').slice(0, 8)}`;
}
