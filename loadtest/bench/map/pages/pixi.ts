import { Application, Graphics, Particle, ParticleContainer } from 'pixi.js';
import { showHall } from './load-hall.ts';

const RADIUS = 32;

// PixiJS with its fastest way for many equal pictures: a particle for each seat.
void showHall(async (hall) => {
  const { grid, width, height, layout } = hall;
  const app = new Application();
  await app.init({
    width,
    height,
    resolution: devicePixelRatio,
    autoDensity: true,
    background: '#ffffff',
    autoStart: false,
    preference: 'webgl',
  });
  document.body.append(app.canvas);
  const disk = new Graphics().circle(RADIUS, RADIUS, RADIUS).fill('#ffffff');
  const texture = app.renderer.generateTexture(disk);
  const container = new ParticleContainer({ dynamicProperties: { color: true } });
  const particles = layout.seatIds.map((_, index) => {
    const scale = (grid.pitch * 0.4) / RADIUS;
    const [x, y] = [grid.x[index] ?? 0, grid.y[index] ?? 0];
    const tint = hall.getColor(index);
    return new Particle({ texture, x, y, scaleX: scale, scaleY: scale, anchorX: 0.5, anchorY: 0.5, tint });
  });
  container.addParticle(...particles.slice(0, 1));
  container.particleChildren.push(...particles.slice(1));
  container.update();
  app.stage.addChild(container);
  return {
    element: app.canvas,
    change(seats) {
      for (const { index } of seats) {
        const particle = particles[index];
        if (particle !== undefined) particle.tint = hall.getColor(index);
      }
    },
    draw({ scale, offsetX, offsetY }) {
      container.scale.set(scale);
      container.position.set(offsetX, offsetY);
      app.render();
    },
  };
});
