"""The worker before this one, and balance by the true capture point, imitated online (DAgger)."""
import sys, json, time, torch
from pathlib import Path
from safetensors.torch import load_file, save_file
torch.set_num_threads(2)
OLD=Path(sys.argv[1]); OUT=Path(sys.argv[2]); MIN=float(sys.argv[3])
from robolearn.reinforcement.settings import WorkerPpoSettings
from robolearn.reinforcement.worker import make_trainer
from robolearn.policies.worker.memory import FrameMemory
from robolearn.policies.worker.worker_policy import WorkerPolicy, WorkerConfig
from robolearn.policies.worker.command import FOOT_LIFT
from robolearn.policies.worker.turning import leg_turns
from robolearn.policies.registry import save_policy
from robolearn.interpolation import interpolate
settings=WorkerPpoSettings(seed=1)
trainer=make_trainer(settings); ep=trainer.episodes; env=ep.environment; student=ep.policy; n=ep.num_envs
import dataclasses
old=WorkerPolicy(dataclasses.replace(student.config,estimator_lags=[]), student.spec)
weights={**load_file(OLD/"weights.safetensors"),**load_file(OLD/"normalisation.safetensors")}
print({k:tuple(v.shape) for k,v in weights.items()})
r=old.load_state_dict(weights,strict=False); print(r)
if len(sys.argv)>4:
    from robolearn.policies.registry import load_policy
    w=load_file(Path(sys.argv[4])/'weights.safetensors'); student.network.actor.load_state_dict({k.removeprefix('network.actor.'):v for k,v in w.items() if k.startswith('network.actor.')})

if len(sys.argv)>4:
    est=student.network.estimator; oest=old.network.estimator
    oest.load_state_dict({k.removeprefix('network.estimator.'):v for k,v in w.items() if k.startswith('network.estimator.')})
    n_old=oest_in=4*student.frame_size; n_new=len(student.config.stacked_lags)*student.frame_size
    so=oest.inputs; sn=est.inputs
    Io=torch.eye(n_old); In=torch.eye(n_new)
    ko,no=so(Io); kn,nn_=sn(In)
    P=torch.zeros(n_old,n_new); P[:, :n_old]=torch.eye(n_old)
    with torch.no_grad():
        for (a,b) in zip(est.layers,oest.layers):
            a.kept.bias.copy_(b.kept.bias)
            if a.kept.weight.shape==b.kept.weight.shape:
                a.kept.weight.copy_(b.kept.weight); a.negated.weight.copy_(b.negated.weight)
            else:
                a.kept.weight.copy_(b.kept.weight@ko.T@P@kn); a.negated.weight.copy_(b.negated.weight@no.T@P@nn_)
        x=torch.randn(5,n_new); print("widened differs by", float((est(x)-oest(x[:,:n_old])).abs().max()))
names=student.spec.observation.names
yl,yr=[i for i,nm in enumerate(student.spec.action.names) if "hip_yaw" in nm]
def old_base(obs):
    h,sine=obs[:,old._height],obs[:,old._clock[0]]
    lifts=FOOT_LIFT*torch.stack((torch.zeros_like(sine),sine.clamp(min=0),(-sine).clamp(min=0)),1)
    st=interpolate(old.heights,old.standing_targets,h[:,None]-lifts)[:,old._side,old._own].clone()
    tr=leg_turns(obs[:,old._yaw_rate],obs[:,old._clock]); st[:,yl]+=tr[:,0]; st[:,yr]+=tr[:,1]
    return st
ep.level=1.0
obs=ep.start(); est_places=ep.estimated_places; A=ep.actor_size
mem=FrameMemory(n,old.frame_size,old.config.lags); last=torch.zeros(n,15)
opt=torch.optim.Adam(student.network.parameters(),lr=5e-4)
buf=[]; KEEP=40; start=time.time(); it=0; log=open(OUT.with_suffix(".log"),"a")
gen=torch.Generator().manual_seed(0); falls=0; tot=0
zero_est=torch.zeros(n,len(est_places))
while (time.time()-start)/60<MIN:
    frac=(time.time()-start)/60/MIN
    beta=max(0.0,0.3-frac/0.2)   # share of worlds in which the teacher acts
    for g in opt.param_groups: g["lr"]=5e-4*(1-frac)+2e-5
    sx,sy,se=[],[],[]; stepping=[0,0]; fell=0
    teach=torch.rand(n,generator=gen)<beta
    for t in range(24):
        raw=ep._raw.clone()
        with torch.no_grad():
            fr=mem.push(old.frame(raw,last)); out=old.network(fr)
            ob=old_base(raw); moving=raw[:,old._clock].square().sum(1)>0
            want=ob+old.action_scale*out
            base=student.decide(raw,zero_est,torch.zeros(n,15)).action[:,:-1]
            label=torch.where(moving[:,None],(want-base)/student.action_scale,torch.zeros(n,15)).clamp(-8,8)
            truth=obs[:,est_places]
            own=student.network(obs[:,:A])
            act=torch.where(teach[:,None],label,own+0.05*torch.randn(n,15,generator=gen))
            sx.append(obs[:,:A]); sy.append(label); se.append(truth)
            est=student.network.estimate(obs[:,:A]); est=torch.where(teach[:,None],truth,est)
            dec=student.decide(raw,est,act); done=dec.action
            # as WorkerEpisodes.step, with the estimate of whoever acts
        tr=env.step(done); ep._raw, ep._last_effort = tr.observation, dec.effort
        ep._episodes.count(tr); frames=ep._memory.push(student.frame(ep._raw,ep._last_effort)); ep.observation=ep._seen(frames)
        last=(done[:,:-1]-ob)/old.action_scale
        fin=tr.done.nonzero().squeeze(1); fell+=int(tr.terminated.sum())
        still=~(env.command[:,:2].norm(dim=1)>.05)&~(env.command[:,2].abs()>.05)
        stepping[0]+=int((env.shaper.gait.moving&still).sum()); stepping[1]+=int(still.sum())
        obs=ep.observation
        if len(fin):
            obs=ep._begin(fin); last[fin]=0.0; mem.forget(fin)
    ep.take_tally()
    buf.append((torch.cat(sx),torch.cat(sy),torch.cat(se))); buf=buf[-KEEP:]
    la=le=0.0; K=18
    for k in range(K):
        parts=[]
        X,Y,S=buf[-1]; i=torch.randint(len(X),(2048,),generator=gen); parts.append((X[i],Y[i],S[i]))
        for _ in range(2):
            X,Y,S=buf[int(torch.randint(len(buf),(1,),generator=gen))]; i=torch.randint(len(X),(1024,),generator=gen); parts.append((X[i],Y[i],S[i]))
        X,Y,S=(torch.cat(p) for p in zip(*parts))
        e=student.network.estimate(X); lE=(e-S).square().mean(); lA=(student.network.act(X,e)-Y).square().mean()
        opt.zero_grad(); (lE+lA).backward(); torch.nn.utils.clip_grad_norm_(student.network.parameters(),1.0); opt.step(); la+=float(lA)/K; le+=float(lE)/K
    it+=1
    if it%5==0:
        secs=24*n*0.02/max(1,fell)
        log.write(f"{(time.time()-start)/60:.2f} min it {it} beta {beta:.2f} loss {la:.4f} est {le:.4f} seconds between falls {secs:.1f} stepping {stepping[0]/max(1,stepping[1]):.2f}\n"); log.flush()
    if it%50==0: save_policy(OUT,student,student.spec,{})
save_policy(OUT,student,student.spec,{}); log.write("end\n"); log.flush()
