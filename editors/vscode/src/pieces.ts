// The map from an output to the file that wrote it.

import type { Range } from "vscode-languageclient/node";

/** A part of an output, in UTF-16 units, and the part of the file that wrote it. */
export interface Piece {
  start: number;
  end: number;
  range: Range;
}

/** Returns the piece at an offset: pieces are in order and without gaps. */
export function pieceAt(pieces: readonly Piece[], offset: number): Piece | undefined {
  let [low, high] = [0, pieces.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pieces[middle].end <= offset) low = middle + 1;
    else high = middle;
  }
  return pieces[low];
}
