"""One training step of the softmax vision transformer in PyTorch: forward, cross-entropy, backward, Adam.

Tokens: a class token and 7 stripes of 112 pixels; width 128, depth 2, one head of 64, MLP ratio 1, GELU, pre-LN.
Prints one JSON line per measurement.
"""
from common import arguments, measure

args = arguments(
    __doc__,
    batch=dict(default="100,64", help="comma list of batch sizes"),
    depth=dict(type=int, default=2),
    compile=dict(action="store_true", help="also measure the model under torch.compile (needs a C++ compiler)"),
)

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(args.threads)
torch.manual_seed(0)


class Block(nn.Module):
    def __init__(self, width=128, head=64):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * head, bias=False)
        self.out = nn.Linear(head, width)
        self.up, self.down = nn.Linear(width, width), nn.Linear(width, width)

    def forward(self, x):
        q, k, v = self.qkv(self.norm1(x)).chunk(3, -1)  # b t d
        weights = torch.softmax(q @ k.transpose(1, 2) * q.shape[-1] ** -0.5, -1)  # b t t
        x = x + self.out(weights @ v)
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Vit(nn.Module):
    def __init__(self, depth, width=128, stripes=7, pixels=112, classes=10):
        super().__init__()
        self.embed = nn.Linear(pixels, width)
        self.cls = nn.Parameter(torch.randn(1, 1, width))
        self.position = nn.Parameter(torch.randn(stripes + 1, width))
        self.blocks = nn.Sequential(*[Block(width) for _ in range(depth)])
        self.head = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, classes))

    def forward(self, images):
        x = self.embed(images.flatten(1).unflatten(1, (7, 112)))  # b 7 w
        x = torch.cat([self.cls.expand(len(x), -1, -1), x], 1) + self.position
        return self.head(self.blocks(x)[:, 0])


def training_step(batch, compiled=False):
    model = Vit(args.depth)
    optimiser = torch.optim.Adam(model.parameters(), lr=5e-4, fused=True)
    run = torch.compile(model) if compiled else model
    images, labels = torch.randn(batch, 28, 28), torch.arange(batch) % 10

    def step():
        optimiser.zero_grad(set_to_none=True)
        loss = F.cross_entropy(run(images), labels)
        loss.backward()
        optimiser.step()
        return loss.item()

    return step, sum(p.numel() for p in model.parameters())


cases = []
for batch in map(int, args.batch.split(",")):
    for compiled in (False, True) if args.compile else (False,):
        step, n_params = training_step(batch, compiled)
        fields = dict(bench="vit_step", peer="torch-compile" if compiled else "torch", mode="train", precision="f32", batch=batch)
        cases.append((step, batch, None, dict(fields, depth=args.depth, n_params=n_params, torch=torch.__version__)))
measure(args, cases, inner=5)
