/** A block of IPv4 addresses as numbers, both ends included. */
interface Block {
  readonly first: number;
  readonly last: number;
}

/** The /24 networks of 172.30.0.0/16 that touch none of the networks in use, in their order. */
export function freeSubnets(inUse: readonly string[]): readonly string[] {
  const taken = inUse.map(blockOf).filter((block) => block !== undefined);
  return Array.from({ length: 256 }, (_, i) => `172.30.${i}.0/24`).filter((subnet) => {
    const block = blockOf(subnet);
    return block !== undefined && !taken.some((other) => overlaps(block, other));
  });
}

/** Destinations of the kernel's IPv4 routes (`/proc/net/route`), the default route left out. */
export function routedNetworks(table: string): readonly string[] {
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.split(/\s+/))
    .filter((fields) => fields.length > 7)
    .map((fields) => `${addressOf(fields[1] ?? '')}/${prefixOf(fields[7] ?? '')}`)
    .filter((network) => !network.endsWith('/0'));
}

/** The table writes addresses as hexadecimal numbers in the machine's (little-endian) byte order. */
function addressOf(hex: string): string {
  return (hex.match(/../g) ?? [])
    .reverse()
    .map((byte) => Number.parseInt(byte, 16))
    .join('.');
}

function prefixOf(mask: string): number {
  return Number.parseInt(mask, 16).toString(2).replaceAll('0', '').length;
}

function blockOf(network: string): Block | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(network);
  if (match === null) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, prefix = 0] = match.slice(1).map(Number);
  const size = 2 ** (32 - prefix);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const first = address - (address % size);
  return { first, last: first + size - 1 };
}

function overlaps(one: Block, other: Block): boolean {
  return one.first <= other.last && other.first <= one.last;
}
