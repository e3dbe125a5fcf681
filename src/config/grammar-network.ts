import { show } from './fault.ts';
import { text } from './grammar.ts';

const octet = '(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
const ipv4 = `${octet}(?:\\.${octet}){3}`;
const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';
/** The last label may not be all digits: 10.0.0.300 is a mistyped address, not a name. */
const dnsName = `(?!\\S{254})(?:${label}\\.)*(?![0-9]+(?:$|[:/]))${label}`;
const ipv6 = '(?=[0-9a-fA-F]*:[0-9a-fA-F]*:)[0-9a-fA-F:]{2,39}';
const portSuffix = '(?::[1-9][0-9]{0,4})?';
const authority = `(?:${ipv4}|${dnsName})${portSuffix}`;
const segment = '[a-zA-Z0-9_~][a-zA-Z0-9._~-]*';

/** What services bind and advertise: a name to look up would be one more thing that can fail. */
export const serviceAddress = text('an IPv4 address like 10.0.0.11', whole(ipv4)).refine(
  isReachable,
  { error: ({ input }) => `must be an address that other hosts can reach, not ${show(input)}` },
);

/** Not "this host", loopback, multicast or reserved. */
function isReachable(address: string): boolean {
  const first = Number(address.split('.')[0]);
  return first !== 0 && first !== 127 && first < 224;
}

export const connectAddress = text(
  'a host name or an IP address',
  whole(`(?:${ipv4}|${dnsName}|${ipv6})`),
);

export const registry = text('a registry like registry.example.com:5000', whole(authority));

export const mirrorUrl = text(
  'a URL like https://mirror.example.com:5000',
  whole(`https?://${authority}(?:/${segment})*/?`),
);

/** Jenkins joins paths to it: without the slash build agents fetch agent.jar from the wrong place. */
export const jenkinsUrl = text(
  'a URL that begins with http:// or https:// and ends in "/"',
  whole(`https?://${authority}/(?:${segment}/)*`),
);

/** As `ssh-keygen -l` prints it: 32 bytes in base64 without padding. */
export const hostKey = text(
  'a fingerprint like SHA256:… as "ssh-keygen -l" prints it',
  /^SHA256:[A-Za-z0-9+/]{43}$/,
);

function whole(source: string): RegExp {
  return new RegExp(`^${source}$`);
}
