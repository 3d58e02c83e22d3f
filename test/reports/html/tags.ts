// Reads the tags of a page more strictly than a browser does: anything that is not a well-formed tag or plain text is an error.

export interface Tag {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  /** What stands between this tag and the next one. */
  readonly text: string
}

export function tagsOf(page: string): Tag[] {
  const tags: Tag[] = []
  const text = page.replace(/<style>[^<]*<\/style>/, '<style></style>')
  for (const piece of text.split(/(?=<)/)) {
    if (piece === '') continue
    const tag = /^<(\/?[a-z][a-zA-Z0-9]*|!doctype)((?:\s+[a-zA-Z0-9-]+(?:="[^"<>]*")?)*)\s*(\/?)>([^<>]*)$/.exec(piece)
    if (tag === null) throw new Error(`not a tag: ${piece.slice(0, 200)}`)
    const attributes = [...(tag[2] ?? '').matchAll(/([a-zA-Z0-9-]+)(?:="([^"]*)")?/g)].map(
      (match) => [match[1]!, match[2] ?? ''] as const,
    )
    if (new Set(attributes.map(([name]) => name)).size < attributes.length)
      throw new Error(`an attribute twice: ${piece.slice(0, 200)}`)
    const name = tag[1]!
    tags.push({ name, attributes: new Map(attributes), text: tag[4]! })
    if (tag[3] === '/') tags.push({ name: `/${name}`, attributes: new Map(), text: '' })
  }
  return tags
}

/** The style sheet of a page. */
export const sheetOf = (page: string): string => /<style>([^<]*)<\/style>/.exec(page)![1]!
