import numpy as np
from keras import backend as K
from keras.layers import *
from keras.models import Model, Sequential, load_model

r = np.random.RandomState(7)


def fill(m):
    s = np.random.RandomState(5)
    for layer in m.layers:
        layer.set_weights([s.uniform(0.1, 0.5, x.shape) for x in layer.get_weights()])


def show(name, value):
    print('RESULT', name, np.round(np.asarray(value, dtype='float64'), 4).tolist())


def tell(h):
    for key in sorted(h.history):
        show(key, h.history[key])


def weights(m):
    for layer in m.layers:
        for x in layer.get_weights():
            show('weights', x.ravel()[:4])


from keras.optimizers import SGD, Adam
from keras.callbacks import LearningRateScheduler, Callback
X, y = r.uniform(-1, 1, (8, 4)), r.uniform(0, 1, (8, 1))
class Rates(Callback):
    def on_epoch_begin(self, epoch, logs={}):
        lr = K.get_value(self.model.optimizer.lr)
        K.set_value(self.model.optimizer.lr, lr * 0.5)
    def on_epoch_end(self, epoch, logs={}):
        show('rate', K.get_value(self.model.optimizer.lr))
settings = {'lr': 0.1, 'momentum': 0.9}
for opt in (SGD(lr=settings['lr'], momentum=settings['momentum'], nesterov=True), Adam(0.01, 0.5)):
    m = Sequential([Dense(1, input_dim=4)])
    fill(m)
    m.compile(opt, 'mse')
    tell(m.fit(X, y, nb_epoch=3, batch_size=8, verbose=0, callbacks=[Rates()]))
    m.optimizer.lr.set_value(0.5) if hasattr(m.optimizer.lr, 'set_value') else K.set_value(m.optimizer.lr, 0.5)
    m.train_on_batch(X, y)
    weights(m)
schedule = lambda e: [0.1, 0.01, 0.001][e]
m = Sequential([Dense(1, input_dim=4)])
fill(m)
m.compile(SGD(lr=1.), 'mse')
tell(m.fit(X, y, nb_epoch=3, batch_size=8, verbose=0, callbacks=[LearningRateScheduler(schedule)]))
