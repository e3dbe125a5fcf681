import type { Client, Exception } from 'node-zookeeper-client';

/** The calls of node-zookeeper-client 1.1 as promises; none of them has a time limit of its own. */
export function readZnode(client: Client, path: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    client.getData(path, (error, data: Buffer | undefined) => {
      if (!error) resolve(data?.toString('utf8') ?? '');
      else if (codeOf(error) === noNode) resolve(undefined);
      else reject(faultOf(error));
    });
  });
}

export function readChildren(client: Client, path: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    client.getChildren(path, (error, children) => {
      if (!error) resolve(children);
      else if (codeOf(error) === noNode) resolve([]);
      else reject(faultOf(error));
    });
  });
}

/** With its parents; false if it existed. */
export async function createZnode(client: Client, path: string, content: string): Promise<boolean> {
  const parent = path.slice(0, path.lastIndexOf('/'));
  if (parent !== '') await makeParents(client, parent);
  return await appendZnode(client, path, content);
}

/** One request; the parent must be there. */
export function appendZnode(client: Client, path: string, content: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    client.create(path, Buffer.from(content, 'utf8'), (error) => {
      if (!error) resolve(true);
      else if (codeOf(error) === nodeExists) resolve(false);
      else reject(faultOf(error));
    });
  });
}

export function removeZnode(client: Client, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    client.remove(path, (error) => {
      if (!error) resolve(true);
      else if (codeOf(error) === noNode) resolve(false);
      else reject(faultOf(error));
    });
  });
}

function makeParents(client: Client, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    client.mkdirp(path, (error) => {
      if (!error) resolve();
      else reject(faultOf(error));
    });
  });
}

/** Codes of org.apache.zookeeper.KeeperException. */
const noNode = -101;
const nodeExists = -110;

type Fault = Error | Exception;

function codeOf(fault: Fault): unknown {
  return 'code' in fault ? fault.code : undefined;
}

function faultOf(fault: Fault): Error {
  return fault instanceof Error ? fault : new Error(fault.name);
}
