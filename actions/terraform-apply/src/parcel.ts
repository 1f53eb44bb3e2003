/** What travels in a sealed plan: the plan's file, and the lock file whose providers it was made with. */
export interface Parcel {
  readonly plan: Buffer;
  /** Empty when there was none. */
  readonly lockFile: Buffer;
}

/** The length of the lock file in four bytes, big-endian, then it, then the plan. */
export function pack(parcel: Parcel): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(parcel.lockFile.length);
  return Buffer.concat([length, parcel.lockFile, parcel.plan]);
}

export function unpack(bytes: Buffer): Parcel {
  const end = 4 + bytes.readUInt32BE(0);
  return { lockFile: bytes.subarray(4, end), plan: bytes.subarray(end) };
}
