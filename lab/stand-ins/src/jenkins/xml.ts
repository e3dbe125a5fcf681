const entities: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&amp;': '&',
};

export function decodeEntities(text: string): string {
  return text.replace(/&(?:lt|gt|quot|apos|amp);|&#x?[0-9a-f]+;/gi, (entity) => {
    if (!entity.startsWith('&#')) return entities[entity.toLowerCase()] ?? entity;
    const hex = entity.startsWith('&#x');
    return String.fromCodePoint(Number.parseInt(entity.slice(hex ? 3 : 2, -1), hex ? 16 : 10));
  });
}

export function encodeEntities(text: string): string {
  return text.replace(/[<>&"']/g, (character) => {
    const found = Object.entries(entities).find(([, plain]) => plain === character);
    return found?.[0] ?? character;
  });
}
