/**
 * What the stand-in and its agent.jar say to each other after the greeting. This is not remoting:
 * JNLP4-connect is not spoken. A frame is its length (4 bytes), its kind (1 byte) and fields; texts and
 * bytes are a length (4 bytes) and UTF-8 or raw bytes, numbers are 4 bytes, all big-endian.
 */
export const kinds = {
  /** Agent: name, secret, cookie of its last connection (or empty), root folder. */
  hello: 1,
  /** Controller: seconds between pings, seconds until a ping counts as lost, cookie. */
  welcome: 2,
  /** Controller: reason. */
  refused: 3,
  ping: 4,
  pong: 5,
  /** Controller: id, workspace, path for the script, script, number of variables, name and value of each. */
  run: 10,
  /** Controller: id of the run. */
  kill: 11,
  /** Controller: id, workspace. */
  list: 12,
  /** Controller: id, workspace, path. */
  fetch: 13,
  /** Agent: id, bytes (output of the script, names of files each ended by a newline, a file's content). */
  data: 20,
  /** Agent: id, exit status, error (empty: none). */
  end: 21,
} as const;

/** First words of an agent, in Java's `writeUTF`, as every agent protocol of Jenkins begins. */
export const protocolName = 'Lab1-connect';

/** More would be a fault of the other side, or not our protocol at all. */
const mostBytes = 64 * 1024 * 1024;

type Field = string | number | Buffer;

export function frame(kind: number, ...fields: readonly Field[]): Buffer {
  const payload = Buffer.concat(fields.map(encode));
  const head = Buffer.alloc(5);
  head.writeUInt32BE(payload.length + 1);
  head.writeUInt8(kind, 4);
  return Buffer.concat([head, payload]);
}

function encode(field: Field): Buffer {
  const number = Buffer.alloc(4);
  if (typeof field === 'number') {
    number.writeInt32BE(field);
    return number;
  }
  const bytes = Buffer.from(field);
  number.writeInt32BE(bytes.length);
  return Buffer.concat([number, bytes]);
}

/** Reads the fields of one frame in order. */
export class Fields {
  readonly kind: number;
  readonly #payload: Buffer;
  #at = 1;

  constructor(payload: Buffer) {
    this.kind = payload.readUInt8(0);
    this.#payload = payload;
  }

  number(): number {
    this.#at += 4;
    return this.#payload.readInt32BE(this.#at - 4);
  }

  bytes(): Buffer {
    const length = this.number();
    const bytes = this.#payload.subarray(this.#at, this.#at + length);
    if (length < 0 || bytes.length < length)
      throw new RangeError('a field is longer than its frame');
    this.#at += length;
    return bytes;
  }

  text(): string {
    return this.bytes().toString('utf8');
  }
}

/** Cuts a stream into frames. */
export class FrameReader {
  #rest = Buffer.alloc(0);

  /** Throws a `RangeError` for what cannot be a frame. */
  push(chunk: Buffer): Fields[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const frames: Fields[] = [];
    while (this.#rest.length >= 4) {
      const length = this.#rest.readUInt32BE(0);
      if (length === 0 || length > mostBytes) throw new RangeError(`a frame of ${length} bytes`);
      if (this.#rest.length < 4 + length) break;
      frames.push(new Fields(this.#rest.subarray(4, 4 + length)));
      this.#rest = this.#rest.subarray(4 + length);
    }
    return frames;
  }
}
