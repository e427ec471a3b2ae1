/** A section of an object file (ELF-64, relocatable). */
interface Section {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly data: Buffer;
  readonly link?: number;
  readonly info?: number;
  readonly align?: number;
  readonly entrySize?: number;
}

const bits = { progbits: 1, symtab: 2, strtab: 3, alloc: 2, executable: 4 };
const machineBpf = 247;
const headerBytes = 64;

/** Wraps eBPF instructions in the object file that `tc` loads: one program, in the section of this name. */
export function bpfObject(section: string, program: Buffer): Buffer {
  const [names, at] = strings(['steer']);
  const symbols = Buffer.alloc(48);
  symbols.writeUInt32LE(at('steer'), 24);
  symbols[28] = 0x12; // global, a function
  symbols.writeUInt16LE(1, 30); // in the first section
  symbols.writeBigUInt64LE(BigInt(program.length), 40);
  const { progbits, symtab, strtab, alloc, executable } = bits;
  return elf([
    { name: section, type: progbits, flags: alloc | executable, data: program, align: 8 },
    { name: 'license', type: progbits, flags: alloc, data: Buffer.from('Apache-2.0\0') },
    { name: '.symtab', type: symtab, flags: 0, data: symbols, link: 4, info: 1, align: 8, entrySize: 24 },
    { name: '.strtab', type: strtab, flags: 0, data: names },
  ]);
}

function elf(content: readonly Section[]): Buffer {
  const [names, at] = strings([...content.map(({ name }) => name), '.shstrtab']);
  const sections = [...content, { name: '.shstrtab', type: bits.strtab, flags: 0, data: names }];
  const parts: Buffer[] = [];
  const headers = [Buffer.alloc(headerBytes)];
  let offset = headerBytes;
  const place = (data: Buffer): void => {
    const padding = (8 - (offset % 8)) % 8;
    parts.push(Buffer.alloc(padding), data);
    offset += padding + data.length;
  };
  for (const {
    name,
    type,
    flags,
    data,
    link = 0,
    info = 0,
    align = 1,
    entrySize = 0,
  } of sections as Section[]) {
    place(data);
    const header = Buffer.alloc(headerBytes);
    header.writeUInt32LE(at(name), 0);
    header.writeUInt32LE(type, 4);
    header.writeBigUInt64LE(BigInt(flags), 8);
    header.writeBigUInt64LE(BigInt(offset - data.length), 24);
    header.writeBigUInt64LE(BigInt(data.length), 32);
    header.writeUInt32LE(link, 40);
    header.writeUInt32LE(info, 44);
    header.writeBigUInt64LE(BigInt(align), 48);
    header.writeBigUInt64LE(BigInt(entrySize), 56);
    headers.push(header);
  }
  place(Buffer.alloc(0));
  const file = Buffer.alloc(headerBytes);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]); // 64 bits, little end first
  file.writeUInt16LE(1, 16); // relocatable
  file.writeUInt16LE(machineBpf, 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(BigInt(offset), 40);
  file.writeUInt16LE(headerBytes, 52);
  file.writeUInt16LE(headerBytes, 58);
  file.writeUInt16LE(headers.length, 60);
  file.writeUInt16LE(headers.length - 1, 62);
  return Buffer.concat([file, ...parts, ...headers]);
}

function strings(texts: readonly string[]): [Buffer, (text: string) => number] {
  let all = '\0';
  const places = new Map<string, number>();
  for (const text of texts) {
    places.set(text, all.length);
    all += `${text}\0`;
  }
  return [Buffer.from(all), (text) => places.get(text) as number];
}
