import { showHall } from './load-hall.ts';

const SVG = 'http://www.w3.org/2000/svg';

// A circle for each seat in a group, whose transform moves the hall.
void showHall((hall) => {
  const { grid, width, height, layout } = hall;
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('width', String(width));
  svg.setAttribute('height', String(height));
  const group = document.createElementNS(SVG, 'g');
  const circles = layout.seatIds.map((_, index) => {
    const circle = document.createElementNS(SVG, 'circle');
    circle.setAttribute('cx', String(grid.x[index]));
    circle.setAttribute('cy', String(grid.y[index]));
    circle.setAttribute('r', String(grid.pitch * 0.4));
    circle.setAttribute('fill', hall.getColor(index));
    return circle;
  });
  group.append(...circles);
  svg.append(group);
  const element = document.createElement('div');
  element.append(svg);
  document.body.append(element);
  return {
    element,
    change(seats) {
      for (const { index } of seats) circles[index]?.setAttribute('fill', hall.getColor(index));
    },
    draw({ scale, offsetX, offsetY }) {
      group.setAttribute('transform', `translate(${offsetX} ${offsetY}) scale(${scale})`);
    },
  };
});
