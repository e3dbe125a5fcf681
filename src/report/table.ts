/** Columns padded to their widest cell, two blanks between; the last one is left ragged. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => widthOf(row[column] ?? ''))),
  );
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)),
      )
      .join('  ')
      .trimEnd(),
  );
}

/** A table without colours whose last column goes on below itself where the line would be too long. */
export function hangingTable(rows: readonly (readonly string[])[], columns: number): string[] {
  const margins = table(rows.map((row) => [...row.slice(0, -1), '|'])).map(
    (line) => line.length - 1,
  );
  return rows.flatMap((row, index) => {
    const margin = margins[index] ?? 0;
    const [first = '', ...more] = wrap(row.at(-1) ?? '', Math.max(20, columns - margin)).split(
      '\n',
    );
    const head = table([...rows.map((other) => [...other.slice(0, -1), ''])])[index] ?? '';
    return [`${head.padEnd(margin)}${first}`, ...more.map((line) => ' '.repeat(margin) + line)];
  });
}

/** Colour codes take no room on the screen. */
function widthOf(cell: string): number {
  return cell.replace(/\u001B\[\d+m/g, '').length;
}

/** At most `width` characters, cut with an ellipsis. */
export function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** Broken at blanks into lines of at most `width`; a longer word stays whole. */
export function wrap(text: string, width: number): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}
