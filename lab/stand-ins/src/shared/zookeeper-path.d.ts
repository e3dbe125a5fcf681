declare module 'node-zookeeper-client/lib/Path.js' {
  const path: { validate: (path: string) => void };
  export default path;
}
