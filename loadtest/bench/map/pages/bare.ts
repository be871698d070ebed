import { getVisibleBox } from '../../../../src/web/shop/map/viewport.ts';
import { showHall } from './load-hall.ts';

// A canvas as anybody would write it: all seats in view as squares, color by color, in each frame.
void showHall((hall) => {
  const { grid, width, height } = hall;
  const canvas = document.createElement('canvas');
  canvas.width = width * devicePixelRatio;
  canvas.height = height * devicePixelRatio;
  document.body.append(canvas);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('the browser has no canvas');
  return {
    element: canvas,
    change() {},
    draw(view) {
      context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
      context.fillStyle = '#ffffff';
      context.fillRect(0, 0, width, height);
      const byColor = new Map<string, number[]>();
      grid.forEachIn(getVisibleBox(view, { width, height }, grid.pitch), (index) => {
        const color = hall.getColor(index);
        const seats = byColor.get(color);
        if (seats === undefined) byColor.set(color, [index]);
        else seats.push(index);
      });
      const side = grid.pitch * view.scale * 0.8;
      for (const [color, seats] of byColor) {
        context.fillStyle = color;
        for (const index of seats) {
          const x = (grid.x[index] ?? 0) * view.scale + view.offsetX;
          const y = (grid.y[index] ?? 0) * view.scale + view.offsetY;
          context.fillRect(x - side / 2, y - side / 2, side, side);
        }
      }
    },
  };
});
