// Pictures made for tests, and what is in pictures.
import { crc32, deflateSync } from 'node:zlib';
import { installed } from './store-function.fixtures.ts';

interface Context {
  fillStyle: string;
  fillRect(x: number, y: number, width: number, height: number): void;
  drawImage(image: Picture, x: number, y: number): void;
  getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
}
interface Canvas {
  getContext(kind: '2d'): Context;
  toBuffer(type: string, quality?: number): Buffer;
}
interface Picture {
  width: number;
  height: number;
}
export type Colour = [number, number, number];

const canvases = () =>
  installed('@napi-rs/canvas') as {
    createCanvas(width: number, height: number): Canvas;
    loadImage(bytes: Buffer): Promise<Picture>;
  };

/** Grey with a green stripe at the left edge, so that one sees which way up it is. */
export function picture(format: 'jpeg' | 'png', width: number, height: number): Buffer {
  const canvas = canvases().createCanvas(width, height);
  const context = canvas.getContext('2d');
  context.fillStyle = '#777';
  context.fillRect(0, 0, width, height);
  context.fillStyle = '#0a0';
  context.fillRect(0, 0, Math.ceil(width / 10), height);
  return format === 'png' ? canvas.toBuffer('image/png') : canvas.toBuffer('image/jpeg', 95);
}

export interface Seen extends Picture {
  format: string;
  at(x: number, y: number): Colour;
  /** How many pixels in these rows and columns a test picks out. */
  count(
    area: { from: number; to: number; left?: number; right?: number },
    of: (colour: Colour) => boolean,
  ): number;
}

export async function look(bytes: Buffer): Promise<Seen> {
  const { createCanvas, loadImage } = canvases();
  const image = await loadImage(bytes);
  const { width, height } = image;
  const context = createCanvas(width, height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const at = (x: number, y: number) =>
    [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 3)] as Colour;
  const format = bytes[0] === 0xff ? 'jpeg' : bytes[0] === 0x89 ? 'png' : 'neither';
  return {
    width,
    height,
    format,
    at,
    count({ from, to, left = 0, right = width }, of) {
      let found = 0;
      for (let y = from; y < to; y++) for (let x = left; x < right; x++) if (of(at(x, y))) found += 1;
      return found;
    },
  };
}

export const near = (colour: Colour, to: Colour, by = 12): boolean =>
  colour.every((part, index) => Math.abs(part - (to[index] as number)) <= by);

/** A part of a PNG. */
export function part(name: string, data: Buffer): Buffer {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(name, 4, 'latin1');
  data.copy(bytes, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}

/** A complete PNG that says that it is of this size, and has next to nothing in it. */
export function hollowPng(width: number, height: number, ...more: Buffer[]): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  header[9] = 2;
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  const parts = [part('IDAT', deflateSync(Buffer.alloc(100))), part('IEND', Buffer.alloc(0))];
  return Buffer.concat([signature, part('IHDR', header), ...more, ...parts]);
}

/** An EXIF block's TIFF file that says how the picture is to be turned. */
export function exif(orientation: number, order: 'II' | 'MM' = 'MM'): Buffer {
  const bytes = Buffer.alloc(26);
  const short = (value: number, at: number) =>
    order === 'MM' ? bytes.writeUInt16BE(value, at) : bytes.writeUInt16LE(value, at);
  const long = (value: number, at: number) =>
    order === 'MM' ? bytes.writeUInt32BE(value, at) : bytes.writeUInt32LE(value, at);
  bytes.write(order, 0, 'latin1');
  short(42, 2);
  long(8, 4);
  short(1, 8);
  short(0x0112, 10);
  short(3, 12);
  long(1, 14);
  short(orientation, 18);
  return bytes;
}

/** The JPEG with that EXIF in front. */
export function turned(jpeg: Buffer, orientation: number, order?: 'II' | 'MM'): Buffer {
  const block = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exif(orientation, order)]);
  const head = Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, block.length + 2]);
  return Buffer.concat([head, block, jpeg.subarray(2)]);
}
