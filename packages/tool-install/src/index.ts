/** A version and a checksum → a program on PATH, cached. */
export { ensureTool, type Tool, type Wanted } from './ensure.js';
export { type PinnedTool, type Platform, pinned, type ToolName } from './pinned.js';
