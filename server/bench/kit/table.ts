/** Prints a table in Markdown, aligned for a terminal; every column but the first to the right. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[], leftColumns = 1): void {
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => (row[column] ?? '').length)));
  const isLeft = (column: number) => column < leftColumns;
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => pad(cells[column] ?? '', width, isLeft(column))).join(' | ')} |`;
  const rule = widths.map((width, column) => (isLeft(column) ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  console.log([line(head), line(rule), ...rows.map(line)].join('\n'));
}

function pad(text: string, width: number, left: boolean): string {
  return left ? text.padEnd(width) : text.padStart(width);
}
