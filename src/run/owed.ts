/** Name of what a run owes between emptying a Mesos agent and giving it work again. */
export function returnAgentId(host: string): string {
  return `return-agent ${host}`;
}

/** The host of such a name; undefined for anything else that is owed. */
export function hostToReturn(id: string): string | undefined {
  return /^return-agent (\S+)$/.exec(id)?.[1];
}
