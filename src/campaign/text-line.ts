// A value as one line of text, for readers of lines: the reader of Node also ends lines where Unicode does, and texts of guests hold such ends (OUT-02).
export const lineOf = (value: unknown): string =>
  `${JSON.stringify(value).replace(/[\u0085\u2028\u2029]/g, (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`
