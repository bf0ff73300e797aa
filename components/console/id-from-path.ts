/** The id in a segment of an address. A segment that cannot be decoded stays as it is and is nobody's id. */
export function idFromPath(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
